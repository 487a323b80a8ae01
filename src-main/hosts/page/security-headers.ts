/**
 * What the workbench's page may load and speak to; the browser refuses everything else.
 * @param socket the served page's WebSocket; 'self' covers it in current browsers, naming it helps older ones
 */
export function securityHeaders(socket = ''): Record<string, string> {
  const policy = [
    'default-src \'none\'', 'script-src \'self\'', 'style-src \'self\'', 'img-src \'self\' data: blob:', 'media-src blob:', 'font-src \'self\'',
    `connect-src 'self' ${socket}`.trim(), 'worker-src \'self\'', 'base-uri \'none\'', 'form-action \'none\'', 'frame-ancestors \'none\'',
  ]
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
  }
}

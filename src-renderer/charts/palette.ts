import type { Tone } from './chart-model'

export interface Palette {
  readonly font: string
  readonly ground: string
  readonly text: string
  readonly muted: string
  readonly grid: string
  tone(tone: Tone): string
}

const toneTokens: Record<Tone, string> = {
  train: '--chart-train',
  validation: '--chart-validation',
  test: '--chart-test',
  third: '--chart-3',
  muted: '--chart-baseline',
  danger: '--danger',
}

/**
 * The theme's colours as a canvas needs them: computed, since it knows no custom properties. All are read at once: each
 * look at a computed style makes the browser work out what changed since the last.
 */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const token = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback
  const tones = Object.fromEntries(Object.entries(toneTokens).map(([tone, name]) => [tone, token(name, '#666')])) as Record<Tone, string>
  return {
    font: style.fontFamily || 'sans-serif',
    ground: token('--surface-1', '#fff'),
    text: token('--text', '#222'),
    muted: token('--chart-axis', '#666'),
    grid: token('--chart-grid', '#ddd'),
    tone: (tone) => tones[tone],
  }
}

/** A colour with less cover: #rrggbb and #rgb get an alpha channel, others go through color-mix. */
export function withAlpha(colour: string, alpha: number): string {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(colour)?.[1]
  if (!hex) return `color-mix(in srgb, ${colour} ${alpha * 100}%, transparent)`
  const long = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex
  return `#${long}${Math.round(alpha * 255).toString(16).padStart(2, '0')}`
}

/** Calls back whenever the theme changes, by the app's switch or by the system's. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'data-theme', 'style'] })
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', listener)
  return () => {
    observer.disconnect()
    system.removeEventListener('change', listener)
  }
}

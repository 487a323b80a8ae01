/** What a canvas is drawn with: as sharp as the screen, in CSS pixels. What was drawn before may still be there; null where nothing can be drawn. */
export function sharpContext(canvas: HTMLCanvasElement | null, { width, height }: { width: number; height: number }): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d') ?? null
  if (!canvas || !context) return null
  const density = devicePixelRatio || 1
  const [wide, high] = [Math.max(1, Math.round(width * density)), Math.max(1, Math.round(height * density))]
  // Setting a size empties a canvas and makes it anew, whether it is another one or not.
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high]
  context.setTransform(density, 0, 0, density, 0, 0)
  return context
}

/** Milliseconds of a frame that charts may draw in: browsers need the rest of its 16 to put the pictures on the screen. */
const budget = 6

const waiting = new Set<() => void>()
let frame = 0

/**
 * Calls `draw` in one of the next animation frames, once, however often it is asked. Charts that change together are
 * spread over frames where one isn't long enough for all, so that none takes visibly long.
 */
export function queueDrawing(draw: () => void): void {
  waiting.add(draw)
  if (frame === 0) frame = requestAnimationFrame(run)
}

export function cancelDrawing(draw: () => void): void {
  waiting.delete(draw)
}

function run(): void {
  frame = 0
  const began = performance.now()
  for (const draw of waiting) {
    waiting.delete(draw)
    draw()
    if (performance.now() - began > budget) break
  }
  if (waiting.size > 0) frame = requestAnimationFrame(run)
}

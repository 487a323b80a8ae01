import { nextTick } from 'vue'

/** Milliseconds of a frame that work may take: browsers need the rest of its 16 to put the pictures on the screen. */
const budget = 6

const waiting = new Set<() => void>()
let frame = 0

/**
 * Calls `work` in one of the next animation frames, once, however often it is asked: parts of a screen that mount, charts
 * that are drawn, news that change what is shown. They come in turn, as many a frame as there is time for and one at
 * least, so that many at once never stop the window.
 */
export function queueForFrame(work: () => void): void {
  waiting.add(work)
  if (frame === 0) frame = requestAnimationFrame(() => void run())
}

export function cancelForFrame(work: () => void): void {
  waiting.delete(work)
}

/** How much still waits for its turn. */
export const waitingForFrame = (): number => waiting.size

async function run(): Promise<void> {
  const began = performance.now()
  for (const work of waiting) {
    waiting.delete(work)
    work()
    // What it changed is mounted by then, and counts; the frame is drawn after that.
    await nextTick()
    if (performance.now() - began > budget) break
  }
  frame = waiting.size > 0 ? requestAnimationFrame(() => void run()) : 0
}

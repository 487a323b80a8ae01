import { nextTick } from 'vue'

/** Milliseconds of a frame that parts may mount in: what is drawn needs the rest. */
const budget = 6

const waiting = new Set<() => void>()
let frame = 0

/**
 * Calls `show`, which lets a part of a screen mount, in one of the next animation frames: parts come in turn, as many a
 * frame as there is time for and one at least, so that opening a screen of many never stops the window.
 */
export function queueMounting(show: () => void): void {
  waiting.add(show)
  if (frame === 0) frame = requestAnimationFrame(() => void run())
}

export function cancelMounting(show: () => void): void {
  waiting.delete(show)
}

/** How many parts still wait for their turn. */
export const partsWaiting = (): number => waiting.size

async function run(): Promise<void> {
  const began = performance.now()
  for (const show of waiting) {
    waiting.delete(show)
    show()
    // What it changed is mounted by then; the frame is drawn after that.
    await nextTick()
    if (performance.now() - began > budget) break
  }
  frame = waiting.size > 0 ? requestAnimationFrame(() => void run()) : 0
}

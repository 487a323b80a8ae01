/**
 * The little that the engine asks of whatever runs it (Node, a worker thread, a browser's worker): a clock, and to let
 * waiting messages in. The engine's types know neither Node nor the DOM, so what both have is declared here and nowhere else.
 */
declare const performance: { now(): number }
declare const setTimeout: (work: () => void, milliseconds: number) => unknown
declare const setImmediate: ((work: () => void) => unknown) | undefined
declare const MessageChannel: (new () => { port1: { onmessage: (() => void) | null }; port2: { postMessage(message: unknown): void } }) | undefined

export interface EngineHost {
  /** Milliseconds on a clock that never goes back. */
  now(): number
  /** Resolves after messages that have arrived (pause, stop) were delivered. */
  yieldToHost(): Promise<void>
}

/** How long the engine computes before it lets messages in; a pause or stop is heard within this and one step. */
export const yieldEveryMs = 15

let channel: { post(work: () => void): void } | undefined

function post(work: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(work)
  // Browsers hold a nested timer back by 4 ms, a fifth of all time at this rhythm; a message to oneself they don't.
  else if (typeof MessageChannel === 'function') (channel ??= selfChannel(new MessageChannel())).post(work)
  else setTimeout(work, 0)
}

function selfChannel({ port1, port2 }: { port1: { onmessage: (() => void) | null }; port2: { postMessage(message: unknown): void } }) {
  const waiting: (() => void)[] = []
  port1.onmessage = () => waiting.shift()?.()
  return {
    post(work: () => void) {
      waiting.push(work)
      port2.postMessage(null)
    },
  }
}

export const engineHost: EngineHost = {
  now: () => performance.now(),
  yieldToHost: () => new Promise((resolve) => { post(resolve) }),
}

/** Yields when `yieldEveryMs` have passed since it last did. */
export function breather(host: EngineHost): () => Promise<void> {
  let last = host.now()
  return async () => {
    if (host.now() - last < yieldEveryMs) return
    await host.yieldToHost()
    last = host.now()
  }
}

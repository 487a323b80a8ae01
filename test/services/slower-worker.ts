import type { ComputeWorker } from '@main/services/host-capabilities'

/** The same worker, which says that its steps take so many milliseconds longer. */
export function slower({ port, ...worker }: ComputeWorker, milliseconds: number): ComputeWorker {
  const asked = new Set<unknown>()
  return {
    ...worker,
    port: {
      ...port,
      post(message: unknown) {
        const { m: method, i: id } = message as { m?: string; i?: unknown }
        if (method === 'time') asked.add(id)
        port.post(message)
      },
      listen: (listener) => port.listen((message) => {
        const answer = message as { i?: unknown; t?: string; r?: unknown }
        listener(answer.t === 's' && asked.delete(answer.i) && typeof answer.r === 'number' ? { ...answer, r: answer.r + milliseconds } : message)
      }),
    },
  }
}

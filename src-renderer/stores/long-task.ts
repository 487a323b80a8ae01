import { shallowRef } from 'vue'
import { UnrollError } from '@shared/errors'
import type { RpcClient } from '../rpc/host'

/** How far a piece of work is, 0 to 1, and how long it still takes. */
export interface Share { readonly share: number; readonly remainingMs: number | null }

/**
 * Long work of one kind on the main side, one piece at a time: how far it is, and a way to give it up. The newest question wins: the
 * piece before ends, and fails with `inspect.cancelled`.
 */
export function longTask(rpc: RpcClient, kind: string) {
  /** Of the piece under way; null when none is. */
  const progress = shallowRef<Share | null>(null)
  let count = 0
  const name = () => `${kind} ${count}`

  /** @param work asks the main side, under the task's name; what it throws is thrown */
  async function run<T>(work: (task: string) => Promise<T>): Promise<T> {
    const before = progress.value === null ? null : name()
    count++
    const mine = name()
    progress.value = { share: 0, remainingMs: null }
    try {
      if (before !== null) await rpc.call('inspect.cancel', { task: before })
      if (mine === name()) {
        const found = await work(mine)
        // The answer may have been on its way already.
        if (mine === name()) return found
      }
      throw new UnrollError('inspect.cancelled', 'A newer question took its place.')
    } finally {
      if (mine === name()) progress.value = null
    }
  }

  const cancel = (): Promise<null | undefined> => rpc.call('inspect.cancel', { task: name() })

  rpc.on('inspect.progress', ({ task, done, total, remainingMs }) => {
    if (task === name() && progress.value) progress.value = { share: total > 0 ? done / total : 0, remainingMs }
  })

  return { progress, run, cancel }
}

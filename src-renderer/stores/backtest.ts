import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Params } from '@shared/rpc/contract'
import type { Backtest } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'

export type BacktestQuestion = Omit<Params<'playground.backtest'>, 'task'>

/** A rolling-origin evaluation of a run's network: one at a time, the last one kept. */
export const useBacktest = defineStore('backtest', () => {
  const { rpc } = useHost()
  const value = shallowRef<Backtest | null>(null)
  /** What `value` answers. */
  const question = shallowRef<BacktestQuestion | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  /** How far the one under way is; null when none is. */
  const progress = shallowRef<{ share: number; remainingMs: number | null } | null>(null)
  const count = ref(0)
  const task = () => `backtest ${count.value}`

  async function run(asked: BacktestQuestion): Promise<void> {
    if (progress.value !== null) await cancel()
    count.value++
    const mine = task()
    progress.value = { share: 0, remainingMs: null }
    error.value = null
    try {
      const found = await rpc.call('playground.backtest', { ...asked, task: mine })
      if (mine === task()) [value.value, question.value] = [found, asked]
    } catch (reason) {
      const known = UnrollError.from(reason)
      if (mine === task() && known.code !== 'inspect.cancelled') error.value = known.toJSON()
    } finally {
      if (mine === task()) progress.value = null
    }
  }

  const cancel = (): Promise<null> => rpc.call('inspect.cancel', { task: task() })

  rpc.on('inspect.progress', ({ task: of, done, total, remainingMs }) => {
    if (of === task() && progress.value) progress.value = { share: total > 0 ? done / total : 0, remainingMs }
  })

  return { value, question, error, progress, run, cancel }
})

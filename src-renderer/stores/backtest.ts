import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Params } from '@shared/rpc/contract'
import type { Backtest } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'
import { longTask } from './long-task'

export type BacktestQuestion = Omit<Params<'playground.backtest'>, 'task'>

/** A rolling-origin evaluation of a run's network: one at a time, the last one kept. */
export const useBacktest = defineStore('backtest', () => {
  const { rpc } = useHost()
  const value = shallowRef<Backtest | null>(null)
  /** What `value` answers. */
  const question = shallowRef<BacktestQuestion | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const { progress, run: take, cancel } = longTask(rpc, 'backtest')

  async function run(asked: BacktestQuestion): Promise<void> {
    error.value = null
    try {
      value.value = await take((task) => rpc.call('playground.backtest', { ...asked, task }))
      question.value = asked
    } catch (reason) {
      const known = UnrollError.from(reason)
      if (known.code !== 'inspect.cancelled') error.value = known.toJSON()
    }
  }

  return { value, question, error, progress, run, cancel }
})

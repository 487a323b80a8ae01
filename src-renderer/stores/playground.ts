import { defineStore } from 'pinia'
import { markRaw, shallowReactive } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Params } from '@shared/rpc/contract'
import type { Classified, Forecast, GeneratedText, HeldOutExample, HeldOutRecord, Prediction, SequenceAnswer } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'

/** One answer being waited for, one that came, or why none came. */
export interface Answer<T, Q> {
  value: T | null
  /** What `value` answers. */
  question: Q | null
  error: ErrorEnvelope | null
  pending: boolean
}

export type TextQuestion = Params<'playground.text'>
export type ForecastQuestion = Params<'playground.forecast'>
export type AddingQuestion = Params<'playground.adding'>
export type AnswerQuestion = Params<'playground.answer'>
export type ClassQuestion = Params<'playground.classify'>

const none = <T, Q>(): Answer<T, Q> => shallowReactive<Answer<T, Q>>({ value: null, question: null, error: null, pending: false })

/** What the network says when it is used: generated text, forecasts, sums, answers, classes. Each keeps its latest answer. */
export const usePlayground = defineStore('playground', () => {
  const { rpc } = useHost()
  const text = none<GeneratedText, TextQuestion>()
  const forecast = none<Forecast, ForecastQuestion>()
  const adding = none<Prediction, AddingQuestion>()
  const answer = none<SequenceAnswer, AnswerQuestion>()
  const classes = none<Classified, ClassQuestion>()
  /** The held-out record that was drawn last, and of which run. */
  const example = none<HeldOutExample, Params<'playground.example'>>()
  const record = none<HeldOutRecord, Params<'playground.record'>>()
  const newest = new WeakMap<object, number>()

  async function ask<T extends object, Q>(answer: Answer<T, Q>, question: Q, call: (question: Q) => Promise<T>): Promise<void> {
    const turn = (newest.get(answer) ?? 0) + 1
    newest.set(answer, turn)
    answer.pending = true
    try {
      const value = await call(question)
      if (newest.get(answer) !== turn) return
      Object.assign(answer, { value: markRaw(value), question, error: null })
    } catch (reason) {
      if (newest.get(answer) === turn) answer.error = UnrollError.from(reason).toJSON()
    } finally {
      if (newest.get(answer) === turn) answer.pending = false
    }
  }

  const generate = (question: TextQuestion) => ask(text, question, (asked) => rpc.call('playground.text', asked))
  const foresee = (question: ForecastQuestion) => ask(forecast, question, (asked) => rpc.call('playground.forecast', asked))
  const predict = (question: AddingQuestion) => ask(adding, question, (asked) => rpc.call('playground.adding', asked))
  const decode = (question: AnswerQuestion) => ask(answer, question, (asked) => rpc.call('playground.answer', asked))
  const classify = (question: ClassQuestion) => ask(classes, question, (asked) => rpc.call('playground.classify', asked))
  const draw = (question: Params<'playground.example'>) => ask(example, question, (asked) => rpc.call('playground.example', asked))
  const drawRecord = (question: Params<'playground.record'>) => ask(record, question, (asked) => rpc.call('playground.record', asked))

  return { text, forecast, adding, answer, classes, example, record, generate, foresee, predict, decode, classify, draw, drawRecord }
})

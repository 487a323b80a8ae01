import { UnrollError } from '@shared/errors'
import { toMetricBlock } from '@shared/rpc/metric-block'
import type { EventName, EventPayload, Method, ParsedParams, Result } from '@shared/rpc/contract'
import { contract } from '@shared/rpc/contract'
import type { Metric } from '@shared/metrics'
import type { Run } from '@shared/rpc/schemas'
import type { WorkbenchHost } from '@renderer/rpc/host'
import { fakeDataset, fakeDetails, type FakeKind, fakeMetrics, seeded } from './fake-runs'

type Answers = { [M in Method]?: (params: ParsedParams<M>) => Result<M> | Promise<Result<M>> }

const sentence = 'Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse, and nothing particular to interest me on shore, I thought I would sail about a little and see the watery part of the world.\n'

/**
 * The main side as the run screens need it, with figures like a real run's. Parameters are checked against the contract.
 * For tests and pictures only; `answers` replaces single methods.
 */
export function fakeRunHost(initial: Run[], metricsOf: (run: Run) => Metric[] = (run) => fakeMetrics(kindOf(run), run.step), answers: Answers = {}) {
  const runs = new Map(initial.map((run) => [run.id, run]))
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  const calls: { method: Method; params: unknown }[] = []
  const saved: string[] = []
  let opened = 0
  const traces = new Map<string, ReturnType<typeof fakeStates>>()

  function emit<E extends EventName>(event: E, payload: EventPayload<E>): void {
    for (const listener of listeners.get(event) ?? []) (listener as (payload: EventPayload<E>) => void)(payload)
  }
  function find(id: string): Run {
    const run = runs.get(id)
    if (!run) throw new UnrollError('run.not-found', `There is no run "${id}".`)
    return run
  }
  function change(id: string, changes: Partial<Run>): Run {
    const run = { ...find(id), ...changes }
    runs.set(id, run)
    emit('run.changed', { run })
    return run
  }

  const standard: Answers = {
    'app.info': () => ({ version: '0.1.0', host: 'serve', platform: 'linux', home: '/home/someone/Unroll', cores: 2, gpu: { available: false, description: 'none' } }),
    'samples.list': () => [],
    'datasets.list': () => (['text', 'series', 'generated'] as const).map(fakeDataset),
    'datasets.damaged': () => [],
    'datasets.get': ({ id }) => fakeDetails(id.replace('data-', '') as FakeKind),
    'runs.list': () => [...runs.values()],
    'runs.damaged': () => [],
    'runs.get': ({ id }) => find(id),
    'runs.metrics': ({ id, from }) => toMetricBlock(from, metricsOf(find(id)).slice(from)),
    'runs.gradientFlow': () => [],
    'runs.pause': ({ id }) => change(id, { state: 'paused', remainingMs: null }),
    'runs.resume': ({ id }) => change(id, { state: 'running', remainingMs: 61_000 }),
    'runs.stop': ({ id }) => change(id, { state: 'stopped', remainingMs: null }),
    'runs.remove': ({ id }) => (runs.delete(id), null),
    'inspect.open': ({ id, input }) => {
      const run = find(id)
      const states = fakeStates(run, input.kind === 'text' ? [...input.text] : input.kind === 'stretch' ? input.count : 50)
      const trace = `trace-${++opened}`
      traces.set(trace, states)
      const { units, steps, labels, surprise } = states
      const tensor = { name: 'h_l0', of: 'h', stack: '' as const, layer: 0, direction: 'forward' as const, width: units, steps }
      return { trace, runId: id, step: run.step, steps, timelines: [{ stack: '' as const, steps, labels }], tensors: [tensor], reads: 'symbols' as const, inputs: [], outputs: [], surprise, losses: null, loss: null }
    },
    'inspect.close': ({ trace }) => (traces.delete(trace), null),
    'inspect.window': ({ trace, from, to }) => {
      const states = traces.get(trace)
      if (!states) throw new UnrollError('inspect.no-trace', 'What was looked at is no longer held in memory.')
      return { from, to, width: states.units, values: states.hidden.slice(from * states.units, to * states.units), buckets: null }
    },
    'inspect.states': ({ id, input }) => fakeStates(find(id), input.kind === 'text' ? [...input.text] : input.count),
    'playground.text': ({ length, seed, temperature }) => fakeText(length, seed, temperature),
    'playground.forecast': ({ start, steps, history }) => fakeForecast(start ?? 5479, steps, history),
    'playground.adding': ({ seed, count }) => fakeSums(seed, count),
    'export.create': ({ id, format }) => ({ token: `token-${id}`, fileName: format === 'safetensors' ? `${id}-best.safetensors` : `${id}.json`, bytes: 155_000, verified: 'Read back: 6 tensors, every value equal.' }),
  }

  const host: WorkbenchHost = {
    kind: 'serve',
    rpc: {
      async call<M extends Method>(method: M, ...[params]: unknown[]): Promise<Result<M>> {
        calls.push({ method, params })
        const checked = contract[method].params.parse(params) as ParsedParams<M>
        const answer = (answers[method] ?? standard[method]) as ((params: ParsedParams<M>) => Result<M> | Promise<Result<M>>) | undefined
        if (!answer) throw new UnrollError('rpc.unknown', `The fake host doesn't answer ${method}.`)
        return answer(checked)
      },
      on<E extends EventName>(event: E, handler: (payload: EventPayload<E>) => void) {
        const set = listeners.get(event) ?? new Set()
        listeners.set(event, set.add(handler as (payload: never) => void))
        return () => set.delete(handler as (payload: never) => void)
      },
      onConnection: () => () => {},
    },
    registerFile: () => Promise.reject(new UnrollError('file.refused', 'The fake host takes no files.')),
    pickFile: () => Promise.resolve(null),
    pickFolder: () => Promise.resolve(null),
    saveExport: (exported) => (saved.push(exported.fileName), Promise.resolve(true)),
  }
  return { host, emit, change, calls, saved, runs, traces }
}

export const kindOf = (run: Run): FakeKind => run.experiment.data.kind as FakeKind

export function fakeStates(run: Run, sequence: string[] | number) {
  const units = run.experiment.model.hiddenSize
  const text = kindOf(run) === 'text'
  const labels = typeof sequence !== 'number' ? sequence
    : Array.from({ length: sequence }, (_, step) => text ? sentence[step % sentence.length]! : new Date(Date.UTC(2013, 5, 1 + step)).toISOString().slice(0, 10))
  const random = seeded(run.step)
  const tempo = Array.from({ length: units }, () => ({ speed: 0.02 + random() ** 3 * 1.6, phase: random() * 6, gain: 0.4 + 2.2 * random(), vowel: random() - 0.5 }))
  const relu = run.experiment.model.activation === 'relu'
  const hidden = new Float32Array(labels.length * units)
  labels.forEach((label, step) => tempo.forEach(({ speed, phase, gain, vowel }, unit) => {
    const drive = gain * Math.sin(step * speed + phase) + ('aeiou'.includes(label) ? 3 * vowel : 0) + (label === ' ' ? -2 * vowel : 0)
    hidden[step * units + unit] = relu ? Math.max(0, drive * 2) : Math.tanh(drive)
  }))
  return { runId: run.id, step: run.step, units, steps: labels.length, hidden, labels, surprise: text ? Float32Array.from(labels, (label) => label === ' ' ? 0.1 * random() : random() ** 0.6) : null }
}

export function fakeText(length: number, seed: number, temperature: number) {
  const random = seeded(seed)
  const words = sentence.split(' ')
  let text = ''
  while (text.length < length) text += `${words[Math.floor(random() * words.length)]!.trim()} `
  text = text.slice(0, length)
  return { text, seed, logProbabilities: Float32Array.from(text, (_, at) => at > 0 && text[at - 1] !== ' ' ? -0.9 * random() * (0.5 + temperature) : -4.5 * random()) }
}

export function fakeForecast(start: number, steps: number, history: number) {
  const random = seeded(3)
  const first = Math.max(0, start - history)
  const rows = start - first + steps
  const week = [7800, 8900, 12500, 12300, 12200, 12100, 11900]
  const value = (row: number) => week[(first + row) % 7]! + 600 * Math.sin((first + row) / 58) + 500 * (random() - 0.5)
  const actual = Float32Array.from({ length: rows }, (_, row) => first + row < 5479 ? value(row) : Number.NaN)
  const at = start - first
  const off = (row: number, by: number) => week[(first + row) % 7]! + 600 * Math.sin((first + row) / 58) + by
  const forecast = Float32Array.from({ length: rows }, (_, row) => row < at ? Number.NaN : off(row, (row - at) * 6))
  const naive = Float32Array.from({ length: rows }, (_, row) => row < at ? Number.NaN : actual[at - 1]!)
  const known = start < 5479
  return {
    column: 'births', labels: Array.from({ length: rows }, (_, row) => new Date(Date.UTC(2000, 0, 1 + first + row)).toISOString().slice(0, 10)), actual,
    fitted: Float32Array.from({ length: rows }, (_, row) => row === 0 || row >= at ? Number.NaN : off(row, 200 * Math.sin(row))), forecast, start: at, naive,
    maeForecast: known ? 412.4 : null, maeNaive: known ? 1893.7 : null,
  }
}

export function fakeSums(seed: number, count: number) {
  const random = seeded(seed)
  return {
    examples: Array.from({ length: count }, () => {
      const values = Array.from({ length: 50 }, random)
      const marked = [Math.floor(random() * 25), 25 + Math.floor(random() * 25)]
      const expected = values[marked[0]!]! + values[marked[1]!]!
      return { values, marks: values.map((_, step) => marked.includes(step) ? 1 : 0), expected, predicted: expected + (random() - 0.5) * 0.12 }
    }),
  }
}

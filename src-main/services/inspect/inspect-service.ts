import { UnrollError } from '@shared/errors'
import type { Emit, Handlers, ParsedParams } from '@shared/rpc/contract'
import type { LookedInputSpec, Moment, RunWeights, TensorWindow, Trace, WhichLooked } from '@shared/rpc/inspect-schemas'
import type { Backtest } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { ComputeClient } from '../compute/compute-client'
import type { HostCapabilities } from '../host-capabilities'
import { ComputeDesk } from '../models/compute-desk'
import { backtestOf } from '../models/backtesting'
import type { RunModels } from '../models/run-models'
import { networkOf, type TrainedModel } from '../models/trained-model'
import { answerOf, columnNames, lookedSource, type Looked } from './looked-source'
import type { LookArguments, LookName, LookResult } from './looks'
import { editHandlers } from './edit-handlers'
import { meaningHandlers } from './meaning-handlers'
import { memoryHandlers } from './memory-handlers'
import { spaceHandlers } from './space-handlers'
import { storeHandlers } from './store-handlers'
import { TaskClock } from './task-clock'
import type { OpenedTrace } from './trace-looks'

/** A trace that is open in the worker, and what its numbers stand for. */
export interface OpenTrace {
  model: TrainedModel
  looked: Looked
}

/** Opened traces this side remembers; the worker keeps fewer. */
const mostRemembered = 24

export type InspectHandlers = Pick<Handlers, Exclude<Extract<keyof Handlers, `inspect.${string}`>, 'inspect.states'>>

/** Looks inside the networks of runs, while they train and after, in a worker that neither training nor the playground waits for. */
export class InspectService {
  private readonly desk: ComputeDesk
  private readonly clock: TaskClock
  private readonly traces = new Map<string, OpenTrace>()
  private count = 0

  constructor(private readonly models: RunModels, host: HostCapabilities, emit: Emit) {
    this.clock = new TaskClock((progress) => emit('inspect.progress', progress))
    this.desk = new ComputeDesk(host, (task, done, total) => this.clock.tell(task, done, total))
  }

  readonly handlers: InspectHandlers = {
    'inspect.weights': ({ id }) => this.weights(id),
    'inspect.open': (params) => this.open(params),
    'inspect.close': async ({ trace }) => {
      this.traces.delete(trace)
      await this.look('closeTrace', { trace })
      return null
    },
    'inspect.window': (params) => this.window(params),
    'inspect.moment': (params) => this.moment(params),
    'inspect.weight': async ({ trace, name }) => this.look('readWeight', { trace: this.known(trace) && trace, name }),
    ...storeHandlers(this),
    ...memoryHandlers(this),
    ...meaningHandlers(this),
    ...spaceHandlers(this),
    ...editHandlers(this),
    'inspect.cancel': async ({ task }) => {
      await this.desk.run((client) => client.cancelLook(task))
      return null
    },
  }

  close(): Promise<void> { return this.desk.close() }

  /** In this worker, since it tells how far it is and can be given up. */
  async backtest({ id, task, ...request }: ParsedParams<'playground.backtest'>): Promise<Backtest> {
    const model = await this.models.model(id)
    const { args, describe } = backtestOf(model, await this.models.dataOf(id), request)
    return describe(await this.look('backtest', args, task))
  }

  /** @throws UnrollError `inspect.no-trace` */
  known(trace: string): OpenTrace {
    const open = this.traces.get(trace)
    if (open) return open
    throw new UnrollError('inspect.no-trace', 'What was looked at is no longer held in memory.', { hint: 'Compute it again.' })
  }

  /** One question to the worker. */
  look<K extends LookName>(what: K, args: LookArguments<K>, task = `look-${++this.count}`): Promise<LookResult<K>> {
    this.clock.start(task)
    return this.desk.run((client) => client.look(task, what, args)).finally(() => this.clock.end(task))
  }

  private async weights(id: string): Promise<RunWeights> {
    const [live, steps] = await Promise.all([this.models.isLive(id), this.models.folder(id).weightSteps()])
    return { live, ...steps }
  }

  private async open({ id, weights, input, task }: ParsedParams<'inspect.open'>): Promise<Trace> {
    const model = await this.models.model(id, weights)
    const looked = await this.desk.run((client) => this.source(client, id, model, input))
    const trace = this.newId('trace')
    const network = { ...networkOf(model), output: model.experiment.task.output }
    return this.opened(trace, { model, looked }, await this.look('openTrace', { trace, network, input: looked.input }, task))
  }

  /** What the worker opened, as it is shown, and remembered. */
  opened(trace: string, open: OpenTrace, { steps, targetSteps, tensors, losses, loss }: OpenedTrace): Trace {
    const { model, looked } = open
    const { warmUp, labels, decoderLabels } = looked
    this.remember(trace, open)
    const first = decoderLabels === null ? '' : 'encoder.'
    const shown = losses?.slice(warmUp) ?? null
    return {
      trace, runId: model.runId, step: model.step, steps: steps - warmUp,
      timelines: [{ stack: first, steps: steps - warmUp, labels }, ...(decoderLabels === null ? [] : [{ stack: 'decoder.' as const, steps: targetSteps, labels: decoderLabels }])],
      tensors: tensors.map((each) => ({ ...each, steps: each.stack === 'decoder.' ? each.steps : each.steps - warmUp })),
      reads: looked.input.kind === 'tokens' ? 'symbols' : 'numbers', ...columnNames(model),
      losses: shown, loss, surprise: looked.input.targets?.kind === 'classes' && shown ? shown.map((each) => Math.exp(-each)) : null,
    }
  }

  /** What a spec means for a model, its data read when it is needed. */
  source(client: ComputeClient, id: string, model: TrainedModel, input: LookedInputSpec): Promise<Looked> {
    return lookedSource(model, input, { dataset: async () => this.models.dataOf(id), answer: answerOf(client, model) })
  }

  model(id: string, which: WhichLooked): Promise<TrainedModel> { return this.models.model(id, which) }

  dataset(id: string): Promise<PreparedDataset> { return this.models.dataOf(id) }

  folder(id: string): string { return this.models.folder(id).path }

  newId(kind: string): string { return `${kind}-${++this.count}` }

  private async window({ trace, tensor, from, to, bucket, task }: ParsedParams<'inspect.window'>): Promise<TensorWindow> {
    if (tensor === 'x') return this.inputs(trace, from, Math.max(from, to))
    const before = this.offset(trace, tensor)
    const found = await this.look('readTrace', { trace, tensor, from: from + before, to: Math.max(from, to) + before, bucket }, task)
    return { from, to: Math.max(from, to), ...found }
  }

  /** What was read at the steps shown: token ids, or rows of numbers as the network reads them; of pairs the source. */
  private inputs(trace: string, from: number, to: number): TensorWindow {
    const { model, looked: { input, warmUp, labels } } = this.known(trace)
    const width = input.kind === 'tokens' ? 1 : model.inputSize
    const last = Math.min(to, labels.length)
    return { from, to: last, width, values: Float32Array.from(input.x.subarray((from + warmUp) * width, (last + warmUp) * width)), buckets: null }
  }

  private async moment({ trace, step, stack }: ParsedParams<'inspect.moment'>): Promise<Moment> {
    const { model, looked: { input, warmUp, labels, decoderLabels } } = this.known(trace)
    const decoder = stack === 'decoder.' ? decoderLabels : null
    const names = decoder ?? labels
    if (step >= names.length) throw new UnrollError('inspect.past-the-end', `Step ${step} was asked for, but there are ${names.length}.`, { hint: `Choose one before ${names.length}.` })
    const at = decoder ? step : step + warmUp
    const found = await this.look('readMoment', { trace, step: at, stack })
    const token = decoder ? input.decoder![at]! : input.kind === 'tokens' ? input.x[at]! : null
    const values = token === null ? Float32Array.from(input.x.subarray(at * model.inputSize, (at + 1) * model.inputSize)) : null
    return { step, input: { label: names[step]!, token, values }, ...found }
  }

  /** Steps of the worker's trace before the first one shown. */
  offset(trace: string, tensor: string): number {
    return tensor.startsWith('decoder.') || this.known(trace).looked.decoderLabels !== null ? 0 : this.known(trace).looked.warmUp
  }

  private remember(trace: string, open: OpenTrace): void {
    this.traces.set(trace, open)
    for (const oldest of [...this.traces.keys()].slice(0, Math.max(0, this.traces.size - mostRemembered))) this.traces.delete(oldest)
  }
}

import { UnrollError } from '@shared/errors'
import type { ComputeWorker } from '../host-capabilities'
import type { LookArguments, LookName, LookResult } from '../inspect/looks'
import type { ComputeApi, ComputeEvents } from './protocol'
import { answer, connect } from './rpc'

export interface ComputeClient extends ComputeApi {
  /** Ends the worker at once; calls under way fail with `compute.ended`. */
  terminate(): Promise<void>
}

const ignoreEvents: ComputeEvents = { metrics: () => {}, checkpoint: async () => {} }

/**
 * The compute protocol as calls on a worker.
 * @throws UnrollError (from any call) what the worker said; `compute.died` with the reason when the worker died of itself
 */
export function computeClient(worker: ComputeWorker, events: ComputeEvents = ignoreEvents): ComputeClient {
  const { metrics, checkpoint, gradientFlow = () => {}, warning = () => {}, progress = () => {} } = events
  const peer = connect<ComputeApi>(worker.port, { metrics, checkpoint, gradientFlow, warning, progress })
  worker.onExit((reason) => peer.$close(new UnrollError('compute.died', `The training process ended unexpectedly: ${reason}.`, {
    hint: 'Resume the run from its last checkpoint. If it happens again, use a smaller batch, window or hidden size, or the other device.',
  })))
  return {
    describe: () => answer(peer.describe()),
    prepare: (options) => answer(peer.prepare(options)),
    time: (steps) => answer(peer.time(steps)),
    run: () => answer(peer.run()),
    pause: () => answer(peer.pause()),
    resume: () => answer(peer.resume()),
    stop: () => answer(peer.stop()),
    weights: () => answer(peer.weights()),
    executor: () => answer(peer.executor()),
    trace: (args) => answer(peer.trace(args)),
    sample: (args) => answer(peer.sample(args)),
    decode: (args) => answer(peer.decode(args)),
    forecast: (args) => answer(peer.forecast(args)),
    predict: (args) => answer(peer.predict(args)),
    evaluate: (args) => answer(peer.evaluate(args)),
    // One call for many questions: the answer's type is that of the question.
    look: <K extends LookName>(task: string, what: K, args: LookArguments<K>) => answer((peer.look as (...call: unknown[]) => Promise<LookResult<K>>)(task, what, args)),
    cancelLook: (task) => answer(peer.cancelLook(task)),
    async terminate() {
      if (!peer.$closed) peer.$close(new UnrollError('compute.ended', 'The worker was ended while it still had work.'))
      await worker.terminate()
    },
  }
}

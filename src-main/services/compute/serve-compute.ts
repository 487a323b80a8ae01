import { UnrollError } from '@shared/errors'
import type { Port } from '@shared/rpc/port'
import type { Backend } from '../../engine/backends/backend'
import { decodeSequences } from '../../engine/generate/decode-sequences'
import { forecast } from '../../engine/generate/forecast'
import { sample } from '../../engine/generate/sample-text'
import { predict } from '../../engine/generate/predict'
import { trace } from '../../engine/inspect/hidden-states'
import type { PreparedData } from '../../engine/training/prepared-data'
import { createSession } from '../../engine/training/session'
import type { Session } from '../../engine/training/types'
import { evaluateParts } from '../figures/evaluate-parts'
import type { LookArguments, LookName, LookResult } from '../inspect/looks'
import { serveLooks } from '../inspect/serve-looks'
import { MetricBatches } from './metric-batches'
import type { ComputeApi, ComputeDescription, ComputeEvents } from './protocol'
import { answer, connect } from './rpc'

/**
 * Answers the compute protocol on a port: the body of every compute worker, whatever its backend and its home.
 * Each session and each one-shot job has a backend of its own, so that nothing outlives what it was made for.
 */
export function serveCompute(
  port: Port,
  createBackend: () => Promise<Backend>,
  describe: () => Promise<ComputeDescription>,
): void {
  let current: { session: Session; backend: Backend; data: PreparedData } | null = null

  const prepared = () => {
    if (current === null) throw new UnrollError('internal.no-session', 'The compute worker was asked for its session before prepare() was called.')
    return current
  }
  const session = (): Session => prepared().session

  const dispose = async () => {
    const ending = current
    current = null
    await ending?.session.dispose()
    await ending?.backend.dispose()
  }

  async function once<T>(job: (backend: Backend) => Promise<T>): Promise<T> {
    const backend = await createBackend()
    try {
      return await job(backend)
    } finally {
      await backend.dispose()
    }
  }

  const inside = serveLooks(createBackend, (task, done, total) => void peer.progress?.asEvent(task, done, total))

  const api: ComputeApi = {
    describe,
    async prepare(options) {
      await dispose()
      const backend = await createBackend()
      try {
        current = { backend, data: options.data, session: await createSession(backend, options) }
        return current.session.plan
      } catch (error) {
        await backend.dispose()
        throw error
      }
    },
    time: (steps) => session().time(steps),
    async run() {
      const batches = new MetricBatches((metrics) => void peer.metrics.asEvent(metrics))
      try {
        return await session().run({
          metric: (metric) => batches.add(metric),
          gradientFlow: (line) => void peer.gradientFlow?.asEvent(line),
          warning: (warning) => void peer.warning?.asEvent(warning),
          async checkpoint(checkpoint, reason) {
            // The lines up to a checkpoint are on disk before it is: resuming never finds a gap.
            batches.flush()
            await answer(peer.checkpoint(checkpoint, reason))
          },
        })
      } finally {
        batches.flush()
      }
    },
    async pause() { session().pause() },
    async resume() { session().resume() },
    async stop() { session().stop() },
    weights: () => session().weights(),
    executor: async () => session().executor,
    trace: (args) => once((backend) => trace(backend, args)),
    sample: (args) => once((backend) => sample(backend, args)),
    decode: (args) => once((backend) => decodeSequences(backend, args)),
    forecast: (args) => once((backend) => forecast(backend, args)),
    predict: (args) => once((backend) => predict(backend, args)),
    async evaluate(args) {
      const data = args.data ?? prepared().data
      return once((backend) => evaluateParts(backend, { ...args, data }))
    },
    look: <K extends LookName>(task: string, what: K, args: LookArguments<K>) => inside.look(task, what, args) as Promise<LookResult<K>>,
    cancelLook: (task) => inside.cancelLook(task),
  }

  const peer = connect<ComputeEvents>(port, api)
  port.onClose(() => void Promise.all([dispose(), inside.close()]))
}

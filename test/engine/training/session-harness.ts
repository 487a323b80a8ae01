import type { Metric, RunWarning } from '@shared/metrics'
import type { Backend } from '@main/engine/backends/backend'
import type { EngineHost } from '@main/engine/host'
import { createSession, type TrainingSession } from '@main/engine/training/session'
import type { Checkpoint, SessionEnd, SessionOptions } from '@main/engine/training/types'
import { createOracleBackend } from '../oracle/oracle-backend'

export interface Recorded {
  session: TrainingSession
  end: SessionEnd
  metrics: Metric[]
  warnings: RunWarning[]
  checkpoints: { reason: 'best' | 'periodic' | 'final'; checkpoint: Checkpoint }[]
  final: Checkpoint
}

/** A clock that goes on by a millisecond a look, so that nothing depends on how fast the machine is. */
export function steadyHost(): EngineHost & { yields: number } {
  let time = 0
  return {
    yields: 0,
    now: () => ++time,
    yieldToHost() {
      this.yields++
      return new Promise((resolve) => { setImmediate(resolve) })
    },
  }
}

/** Runs to the end; `act` is called after each training metric with the step, and may pause or stop. */
export async function record(options: SessionOptions, act: (step: number, session: TrainingSession) => void = () => undefined, backend: Backend = createOracleBackend({ variables: 'float32' }), host: EngineHost = steadyHost()): Promise<Recorded> {
  const session = await createSession(backend, options, host)
  const [metrics, warnings, checkpoints]: [Metric[], RunWarning[], Recorded['checkpoints']] = [[], [], []]
  const end = await session.run({
    metric(metric) {
      metrics.push(metric)
      if (metric.split === 'train') act(metric.step, session)
    },
    warning: (warning) => warnings.push(warning),
    // A checkpoint crosses threads: only what structured clone keeps may matter.
    checkpoint: async (checkpoint, reason) => { checkpoints.push({ reason, checkpoint: structuredClone(checkpoint) }) },
  })
  return { session, end, metrics, warnings, checkpoints, final: checkpoints.at(-1)!.checkpoint }
}

export const training = ({ metrics }: Pick<Recorded, 'metrics'>): Metric[] => metrics.filter(({ split }) => split === 'train')
export const validation = ({ metrics }: Pick<Recorded, 'metrics'>): Metric[] => metrics.filter(({ split }) => split === 'validation')

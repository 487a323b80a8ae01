import type { ScheduleSpec } from '@shared/experiment/schema'

/** What a plateau schedule remembers; kept in checkpoints, so that a resumed run goes on with the rate it had. */
export interface PlateauState {
  /** What the rate has been multiplied by so far. */
  scale: number
  /** Best validation loss; null before the first. */
  best: number | null
  /** Validations in a row that did not better it. */
  waited: number
}

/** The learning rate of every step. */
export interface Schedule {
  /** @param step 1 at the first */
  rate(step: number): number
  /** Told of every validation, in order. */
  validated(loss: number): void
  /** Null where the rate follows from the step alone. */
  readonly state: PlateauState | null
}

/** A loss counts as better when it is this share below the best; torch.optim.lr_scheduler.ReduceLROnPlateau's threshold. */
const threshold = 1e-4

/**
 * The learning rate over a run. Warm-up: η·s/warmupSteps at steps s = 1 … warmupSteps (Goyal et al. 2017); after it the
 * schedule, counted from its end; see `scheduleSchema` for the equations, which are those of torch.optim.lr_scheduler.
 * @param plan the run's steps, for cosine's period and exponential's epochs
 */
export function scheduleOf(spec: ScheduleSpec, learningRate: number, plan: { stepsPerEpoch: number; totalSteps: number }, from: PlateauState | null = null): Schedule {
  const { warmupSteps } = spec
  const plateau = spec.kind === 'plateau' ? new Plateau(spec, from) : null
  const after = mainSchedule(spec, learningRate, plan)
  return {
    rate(step) {
      const scale = plateau?.state.scale ?? 1
      return scale * (step <= warmupSteps ? learningRate * step / warmupSteps : after(step - 1 - warmupSteps))
    },
    validated: (loss) => plateau?.validated(loss),
    get state() { return plateau && { ...plateau.state } },
  }
}

/** The rate `done` steps after the warm-up. */
function mainSchedule(spec: ScheduleSpec, learningRate: number, { stepsPerEpoch, totalSteps }: { stepsPerEpoch: number; totalSteps: number }): (done: number) => number {
  switch (spec.kind) {
    case 'constant': case 'plateau': return () => learningRate
    case 'step': return (done) => learningRate * spec.factor ** Math.floor(done / spec.every)
    case 'exponential': return (done) => learningRate * spec.factor ** (spec.per === 'step' ? done : Math.floor(done / stepsPerEpoch))
    case 'cosine': {
      const period = Math.max(1, spec.totalSteps ?? totalSteps - spec.warmupSteps)
      const lowest = Math.min(spec.minimum, learningRate)
      return (done) => lowest + (learningRate - lowest) * (1 + Math.cos(Math.PI * Math.min(1, done / period))) / 2
    }
  }
}

class Plateau {
  readonly state: PlateauState

  constructor(private readonly spec: Extract<ScheduleSpec, { kind: 'plateau' }>, from: PlateauState | null) {
    this.state = from ? { ...from } : { scale: 1, best: null, waited: 0 }
  }

  validated(loss: number): void {
    const { state, spec } = this
    if (state.best === null || loss < state.best * (1 - threshold)) {
      Object.assign(state, { best: loss, waited: 0 })
    } else if (++state.waited > spec.patience) {
      Object.assign(state, { scale: state.scale * spec.factor, waited: 0 })
    }
  }
}

import { describe, expect, it } from 'vitest'
import { scheduleSchema } from '@shared/experiment/training-schema'
import { scheduleOf, type Schedule } from '@main/engine/schedules/schedule'

const plan = { stepsPerEpoch: 2, totalSteps: 8 }
const scheduled = (spec: unknown, learningRate = 0.5): Schedule => scheduleOf(scheduleSchema.parse(spec), learningRate, plan)
const rates = (schedule: Schedule, count: number) => Array.from({ length: count }, (_, index) => schedule.rate(index + 1))
const expectRates = (found: number[], expected: number[]) => {
  expect(found).toHaveLength(expected.length)
  found.forEach((rate, index) => { expect(rate).toBeCloseTo(expected[index]!, 9) })
}

describe('learning rates are those of torch.optim.lr_scheduler', () => {
  it('StepLR', () => { expectRates(rates(scheduled({ kind: 'step', every: 3 }), 8), [0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.005, 0.005]) })
  it('ExponentialLR, a step and an epoch', () => {
    expectRates(rates(scheduled({ kind: 'exponential', factor: 0.9, per: 'step' }), 5), [0.5, 0.45, 0.405, 0.3645, 0.32805])
    expectRates(rates(scheduled({ kind: 'exponential', factor: 0.9 }), 5), [0.5, 0.5, 0.45, 0.45, 0.405])
  })
  it('CosineAnnealingLR, and its lowest rate goes on after its period', () => {
    const expected = [0.5, 0.4698557159, 0.3875, 0.275, 0.1625, 0.0801442841, 0.05]
    expectRates(rates(scheduled({ kind: 'cosine', totalSteps: 6, minimum: 0.05 }), 9), [...expected, 0.05, 0.05])
  })
  it('ReduceLROnPlateau, told of validations', () => {
    const schedule = scheduled({ kind: 'plateau', factor: 0.5, patience: 1 })
    const found = [1, 1, 1, 1, 0.5, 0.49999, 0.6, 0.7, 0.8].map((loss, index) => {
      const rate = schedule.rate(index + 1)
      schedule.validated(loss)
      return rate
    })
    expectRates(found, [0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125])
  })
})

describe('warm-up', () => {
  it('rises evenly to the rate, and the schedule counts from its end', () => {
    expectRates(rates(scheduled({ kind: 'constant', warmupSteps: 4 }, 1), 6), [0.25, 0.5, 0.75, 1, 1, 1])
    expectRates(rates(scheduled({ kind: 'step', every: 2, factor: 0.5, warmupSteps: 2 }, 1), 6), [0.5, 1, 1, 1, 0.5, 0.5])
    const cosine = rates(scheduled({ kind: 'cosine', warmupSteps: 2 }, 1), 8)
    // The six steps left are the period: half of it has passed at the sixth step.
    expect(cosine[5]).toBeCloseTo(0.5, 12)
  })
})

describe('the plateau’s memory', () => {
  it('is kept and taken up again', () => {
    const spec = scheduleSchema.parse({ kind: 'plateau', factor: 0.1, patience: 0 })
    const first = scheduleOf(spec, 1, plan)
    for (const loss of [2, 3, 1.5]) first.validated(loss)
    expect(first.state).toEqual({ scale: 0.1, best: 1.5, waited: 0 })
    const second = scheduleOf(spec, 1, plan, first.state)
    second.validated(1.6)
    expect(second.rate(99)).toBeCloseTo(0.01, 12)
    expect(scheduled({ kind: 'constant' }).state).toBeNull()
  })
})

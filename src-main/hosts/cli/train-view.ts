import { SingleBar } from 'cli-progress'
import type { Metric } from '@shared/metrics'
import type { Run } from '@shared/rpc/schemas'
import { count, duration, figure, pace } from './words'

/** How a training run is shown while it lasts. */
export interface TrainView {
  changed(run: Run, stepsPerSecond: number | null): void
  metrics(metrics: readonly Metric[]): void
  end(): void
}

/** `--json`: the lines of metrics.jsonl on stdout, nothing else. */
export const jsonView = (write: (text: string) => void): TrainView => ({
  changed: () => {},
  metrics: (metrics) => write(metrics.map((metric) => `${JSON.stringify(metric)}\n`).join('')),
  end: () => {},
})

/** A terminal: one bar, drawn over in place. */
export function barView(stream: NodeJS.WriteStream): TrainView {
  const bar = new SingleBar({
    stream, hideCursor: true, clearOnComplete: false, barsize: 24, fps: 10,
    barCompleteChar: '█', barIncompleteChar: '░', linewrap: false,
    format: '{bar} {percentage}% · step {value}/{total} · loss {loss} · validation {validation} · {pace} · {left} left',
  })
  const shown = { loss: '–', validation: '–', pace: '–', left: '–' }
  let started = false
  return {
    changed(run, stepsPerSecond) {
      if (run.state !== 'running' && !started) return
      if (!started) {
        stream.write(`${headline(run)}\n`)
        bar.start(run.totalSteps, run.step, shown)
        started = true
      }
      if (stepsPerSecond !== null) shown.pace = pace(stepsPerSecond)
      shown.left = run.remainingMs === null ? '–' : duration(run.remainingMs)
      bar.update(run.step, shown)
    },
    metrics(metrics) {
      for (const { split, loss, step } of metrics) {
        if (split === 'validation') shown.validation = figure(loss)
        if (split !== 'train') continue
        shown.loss = figure(loss)
        if (started) bar.update(step, shown)
      }
    },
    end() {
      if (started) bar.stop()
    },
  }
}

/** Milliseconds between two plain lines. */
const quiet = 5_000

/** No terminal: a line now and then, and one for each look at the validation part. */
export function lineView(write: (text: string) => void, now: () => number = () => performance.now()): TrainView {
  let run: Run | null = null
  let speed: number | null = null
  let toldAt = Number.NEGATIVE_INFINITY
  const rest = () => [speed === null ? null : pace(speed), run?.remainingMs == null ? null : `${duration(run.remainingMs)} left`].filter((part) => part !== null)
  return {
    changed(next, stepsPerSecond) {
      if (next.state === 'running' && run?.state !== 'running') write(`${headline(next)}\n`)
      run = next
      speed = stepsPerSecond
    },
    metrics(metrics) {
      for (const { split, step, loss } of metrics) {
        if (split !== 'validation' && now() - toldAt < quiet) continue
        if (split === 'train') toldAt = now()
        write(`${[`step ${step}/${run?.totalSteps ?? '?'}`, `${split === 'train' ? 'loss' : split} ${figure(loss)}`, ...rest()].join(' · ')}\n`)
      }
    },
    end: () => {},
  }
}

const headline = ({ name, parameters, totalSteps, step, device }: Run): string =>
  `${name}: ${count(parameters)} parameters, ${count(totalSteps)} steps${step > 0 ? ` (going on from step ${count(step)})` : ''}, on ${device}`

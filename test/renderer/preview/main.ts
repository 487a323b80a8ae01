import '@renderer/styles/base.css'
import { startTheme } from '@renderer/shell/theme'
import { createWorkbench } from '@renderer/workbench'
import { fakeRunHost } from '../support/fake-run-host'
import { fakeMetrics, fakeRun } from '../support/fake-runs'

/** The workbench over a fake main side, for looking at the run screens without training anything. */
const running = fakeRun('text', { state: 'running', step: 2600, totalSteps: 20_000, remainingMs: 109_000, best: { step: 2600, loss: fakeMetrics('text', 2600).findLast((line) => line.split === 'validation')!.loss } })
const series = fakeRun('series', {
  figures: (['validation', 'test'] as const).map((part, at) => ({ part, loss: 0.17 + 0.02 * at, scores: { error: 412.4 + 20 * at, rmse: 640.2, mase: 0.41, smape: 3.9 }, confusion: { labels: ['low', 'middle', 'high'], counts: [[312, 20, 1], [14, 280, 33], [0, 41, 299]] } })),
  state: 'done', best: { step: 4600, loss: fakeMetrics('series', 4600).findLast((line) => line.split === 'validation')!.loss }, created: '2026-04-30T09:10:00.000Z' })
const adding = fakeRun('generated', { state: 'stopped', step: 3000, best: { step: 3000, loss: 0.021 }, created: '2026-04-29T09:10:00.000Z' })
const failed = fakeRun('text', {
  id: 'run-failed', name: 'moby-dick, rate 0.3', state: 'failed', step: 412, created: '2026-04-28T09:10:00.000Z',
  error: { code: 'numeric.non-finite', message: 'The loss stopped being a number at step 412; the gradient norm before it was 3.1e+12.', hint: 'Lower the learning rate (now 0.3), or clip the gradient.' },
})
const wide = fakeRun('series', { id: 'run-wide', name: 'births, 512 units', created: '2026-04-27T09:10:00.000Z', experiment: { ...series.experiment, model: { ...series.experiment.model, hiddenSize: 512 } } })
const lines = new Map([[running.id, fakeMetrics('text', 20_000)]])
const long = new URLSearchParams(location.search).get('million') !== null
const { host, emit, change } = fakeRunHost([running, series, adding, failed, wide], (run) => {
  if (run.id === failed.id) return [...fakeMetrics('text', 411), { step: 412, epoch: 0, split: 'train', loss: Number.NaN, gradNorm: Infinity, elapsedMs: 2600 }]
  const all = lines.get(run.id) ?? fakeMetrics(run.experiment.data.kind === 'series' ? 'series' : 'generated', run.step)
  return run.id === running.id ? all.slice(0, sent) : all
})

// Ten measurements, twenty times a second: what a fast run sends.
let sent = long ? 0 : lines.get(running.id)!.findIndex((line) => line.step === 2600) + 2
if (long) {
  lines.set(running.id, Array.from({ length: 1_000_000 }, (_, row) => ({ step: row + 1, epoch: 0, split: 'train' as const, loss: 2 + Math.sin(row / 9_000) + Math.random() * 0.3, gradNorm: Math.random(), accuracy: 0.5, elapsedMs: row })))
  sent = 990_000
}
setInterval(() => {
  const from = sent
  const metrics = lines.get(running.id)!.slice(from, from + 10)
  sent += metrics.length
  const last = metrics.at(-1)
  if (last) emit('run.metrics', { id: running.id, from, metrics })
  if (last && from % 200 < 10) change(running.id, { step: last.step, last })
}, 50)

startTheme()
createWorkbench(host).mount('#app')

// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import DashboardScreen from '@renderer/features/dashboard/DashboardScreen.vue'
import { canResume, earlyStopWords, lossUnit, modelWords, perplexityWords, scheduleWords } from '@renderer/features/dashboard/run-words'
import { gradientChart, lossChart, qualityChart, rateChart } from '@renderer/features/dashboard/run-charts'
import { MetricBuffer } from '@renderer/charts/metric-buffer'
import { tableRows } from '@renderer/charts/table-rows'
import { useMetrics } from '@renderer/stores/metrics'
import type { Run } from '@shared/rpc/schemas'
import { fakeRunHost } from '../support/fake-run-host'
import { fakeMetrics, fakeRun } from '../support/fake-runs'
import { mountScreen, settle, withStores } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })

const setting = (run: Run, buffer: MetricBuffer) => ({ run, buffer, axis: 'step' as const, smoothing: 0, logarithmic: false, formatX: String })

describe('the metrics store', () => {
  it('asks for lines it missed, and announces them', async () => {
    const run = fakeRun('text', { step: 10 })
    const all = fakeMetrics('text', 20)
    const { host, emit, calls } = fakeRunHost([run], () => all.slice(0, sent))
    let sent = 10
    const store = withStores(host, useMetrics)
    const buffer = store.open(run)
    await settle()
    expect(buffer.lines).toBe(10)
    const before = store.revision(run.id)
    sent = 20
    emit('run.metrics', { id: run.id, from: 15, metrics: all.slice(15, 20) })
    await settle()
    expect(buffer.lines).toBe(20)
    expect(buffer.train.length).toBe(20)
    expect(store.revision(run.id)).toBeGreaterThan(before)
    expect(calls.filter(({ method }) => method === 'runs.metrics').map(({ params }) => params)).toEqual([{ id: run.id, from: 0 }, { id: run.id, from: 10 }])
  })

  it('asks again for lines that came before those it was asking for', async () => {
    const run = fakeRun('text', { step: 10 })
    const all = fakeMetrics('text', 12)
    let sent = 5
    const { host, emit, calls } = fakeRunHost([run], () => all.slice(0, sent))
    const store = withStores(host, useMetrics)
    const buffer = store.open(run)
    // While the first five are on their way, the last two come: without asking once more, the run would end at five.
    emit('run.metrics', { id: run.id, from: 10, metrics: all.slice(10) })
    sent = 12
    await settle()
    expect(buffer.lines).toBe(12)
    expect(calls.filter(({ method }) => method === 'runs.metrics').length).toBeGreaterThan(1)
  })

  it('raises its revision once a frame, however many lines come', async () => {
    const run = fakeRun('text', { step: 0 })
    const all = fakeMetrics('text', 200)
    const { host, emit } = fakeRunHost([run], () => [])
    const store = withStores(host, useMetrics)
    const buffer = store.open(run)
    await settle()
    const before = store.revision(run.id)
    for (let from = 0; from < all.length; from++) emit('run.metrics', { id: run.id, from, metrics: all.slice(from, from + 1) })
    await settle()
    expect(buffer.lines).toBe(all.length)
    expect(store.revision(run.id)).toBe(before + 1)
  })
})

describe('the charts of a run', () => {
  const buffer = new MetricBuffer(474, 2048)
  buffer.take(0, fakeMetrics('text', 1000))
  const best = buffer.validation.value('loss').at(3)

  it('mark the best step and every baseline', () => {
    const model = lossChart(setting(fakeRun('text', { best: { step: 800, loss: best } }), buffer))
    expect(model.markers).toMatchObject([{ x: 800, y: best }])
    expect(model.references.map(({ value }) => value)).toEqual([3.062, 2.451])
    expect(lossChart(setting(fakeRun('text', { best: { step: 801, loss: 1 } }), buffer)).markers).toEqual([])
  })

  it('show accuracy for classes, else the error in the data\'s unit, with the norm that gradients are clipped to', () => {
    expect(qualityChart(setting(fakeRun('text'), buffer))?.title).toBe('Accuracy')
    const series = new MetricBuffer(474, 2048)
    expect(qualityChart(setting(fakeRun('series'), series))).toBeNull()
    series.take(0, fakeMetrics('series', 10))
    expect(qualityChart(setting(fakeRun('series'), series))).toMatchObject({ title: 'Error', subtitle: 'mean absolute error, in births' })
    expect(gradientChart(setting(fakeRun('text'), buffer))?.model.references).toMatchObject([{ value: 1 }])
  })

  it('show the learning rate where it changes, as it was set', () => {
    const run = fakeRun('text')
    expect(rateChart(setting(run, buffer))).toBeNull()
    const schedule = { kind: 'step' as const, every: 2000, factor: 0.5, warmupSteps: 100 }
    const falling = { ...run, experiment: { ...run.experiment, training: { ...run.experiment.training, schedule } } }
    expect(rateChart(setting(falling, buffer))?.model.series).toMatchObject([{ label: 'learning rate', smooth: false }])
    expect(scheduleWords(falling.experiment)).toBe('100 steps of warm-up, then × 0.500 every 2,000 steps')
  })

  it('are told as a table that keeps the extremes', () => {
    const rows = tableRows(lossChart(setting(fakeRun('text'), buffer)), null, 50)
    expect(rows).toHaveLength(50)
    const trained = rows.map((row) => row.cells.get('train')!)
    const { min, max } = buffer.train.value('loss').extremes(0, 1000)!
    expect(Math.min(...trained.map((cell) => cell.min))).toBe(min)
    expect(Math.max(...trained.map((cell) => cell.max))).toBe(max)
  })

  it('quote a loss in nats as perplexity and bits', () => {
    expect(perplexityWords(Math.LN2)).toBe('perplexity 2.00 · 1.00 bits/char')
  })
})

describe('the words of a run', () => {
  const run = fakeRun('text')
  const words = (changes: Partial<Run['experiment']['model']>) => modelWords({ ...run.experiment, model: { ...run.experiment.model, ...changes } })
  it('name the model', () => {
    expect(words({})).toBe('Elman tanh, 128 units')
    expect(words({ cell: 'lstm', layers: 2, bidirectional: true, dropout: 0.2 })).toBe('LSTM, 2 × 128 units, both ways, dropout 0.2')
    expect(words({ cell: 'gru', dropout: 0.2, embeddingSize: 32, inputDropout: 0.1 })).toBe('GRU, 128 units, input dropout 0.1, embedding 32')
  })
  it('give the loss its unit', () => {
    const unit = (loss: 'mse' | 'mae') => lossUnit({ ...fakeRun('series').experiment, task: { output: 'every-step', loss } })
    expect([unit('mse'), unit('mae')]).toEqual(['scaled units²', 'scaled units'])
  })
  it('say how far early stopping is', () => {
    const patient = (changes: Partial<Run>) => ({ ...fakeRun('text', changes), experiment: { ...run.experiment, training: { ...run.experiment.training, earlyStopping: { patience: 5 } } } })
    expect(earlyStopWords(patient({ state: 'running', step: 100 }), 2)).toBe('stops after 5 validations without a new best, 2 so far')
    expect(earlyStopWords(patient({ state: 'done', step: 100 }), 5)).toBe('stopped early, after 5 validations without a new best')
    expect(earlyStopWords(patient({ state: 'done' }), 0)).toBe('')
    expect(earlyStopWords(run, 3)).toBe('')
  })
})

describe('the dashboard', () => {
  it('puts what to do next before the charts once a run has ended, after them while it trains', async () => {
    const order = async (state: Run['state']) => {
      const screen = await mountScreen(DashboardScreen, 'run-text', fakeRunHost([fakeRun('text', { state })]).host)
      await settle()
      const [links, charts] = [screen.get('nav[aria-label="More of this run"]').element, screen.get('.chart').element]
      const first = (links.compareDocumentPosition(charts) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
      const names = screen.findAll('nav[aria-label="More of this run"] b').map((name) => name.text())
      screen.unmount()
      return { first, names: names.slice(0, 3) }
    }
    const names = ['Playground', 'Hidden states', 'Export']
    expect(await order('done')).toEqual({ first: true, names })
    expect(await order('running')).toEqual({ first: false, names })
  })

  it('says what to do while there is no run', async () => {
    const screen = await mountScreen(DashboardScreen, null, fakeRunHost([]).host)
    expect(screen.text()).toContain('No run yet')
    expect(screen.findAll('button').map((button) => button.text())).toContain('Start with a sample')
    screen.unmount()
  })

  it('shows a running run, pauses, resumes and stops it', async () => {
    const { host, calls } = fakeRunHost([fakeRun('text', { state: 'running', step: 400, remainingMs: 65_000 })])
    const screen = await mountScreen(DashboardScreen, null, host)
    expect(screen.text()).toContain('Training')
    expect(screen.text()).toContain('1 min 5 s left')
    expect(screen.text()).toMatch(/Step 400\s*of 4,740/)
    const press = async (name: string) => {
      await screen.findAll('button').find((button) => button.text() === name)!.trigger('click')
      await settle()
    }
    await press('Pause')
    expect(screen.text()).toContain('Paused')
    await press('Resume')
    await press('Stop')
    expect(screen.text()).toContain('Resume from checkpoint')
    expect(calls.map(({ method }) => method).filter((method) => /pause|resume|stop/.test(method))).toEqual(['runs.pause', 'runs.resume', 'runs.stop'])
    screen.unmount()
  })

  it('moves on with every measurement', async () => {
    const run = fakeRun('text', { state: 'running', step: 5 })
    const { host, emit } = fakeRunHost([run], () => fakeMetrics('text', 5))
    const screen = await mountScreen(DashboardScreen, run.id, host)
    emit('run.metrics', { id: run.id, from: 5, metrics: fakeMetrics('text', 6, 6) })
    await settle()
    expect(screen.text()).toMatch(/Step 6\s*of/)
    screen.unmount()
  })

  it('says why a run failed and what to try', async () => {
    const error = { code: 'numeric.non-finite', message: 'The loss stopped being a number at step 412.', hint: 'Lower the learning rate.' }
    const screen = await mountScreen(DashboardScreen, 'run-text', fakeRunHost([fakeRun('text', { state: 'failed', step: 412, error })]).host)
    expect(screen.get('[role=alert]').text()).toContain('The loss stopped being a number at step 412.')
    expect(screen.get('[role=alert]').text()).toContain('Lower the learning rate.')
    screen.unmount()
  })

  it('keeps saying what went wrong without ending the run', async () => {
    const warnings = [{ code: 'device.fell-back', step: 2512, message: 'The GPU failed, and the run continued on the CPU.', hint: 'Train it anew to repeat it.' }, { code: 'training.no-flow', step: 2600, message: 'The gradient flow couldn\'t be looked at.' }]
    const run = fakeRun('text', { state: 'running' })
    const fake = fakeRunHost([run])
    const screen = await mountScreen(DashboardScreen, run.id, fake.host)
    const said = () => screen.findAll('[role=status]').map((note) => note.text()).filter((text) => text.includes('something went wrong'))
    expect(said()).toEqual([])
    fake.change(run.id, { warnings: warnings.slice(0, 1) })
    fake.change(run.id, { warnings, state: 'done' })
    await settle()
    expect(said()).toEqual([expect.stringMatching(/^At step 2,512 .*GPU failed.*anew/s), expect.stringMatching(/^At step 2,600 .*gradient flow/s)])
    expect(screen.find('[role=alert]').exists()).toBe(false)
    screen.unmount()
  })

  it('shows how far the gradient reaches, earlier looks and their names fainter', async () => {
    const line = (step: number) => ({ step, epoch: 0, lags: [0, 1, 2], flow: { h_l0: [1, 0.5, 0.25 + step / 1000] } })
    const run = fakeRun('text', { state: 'running' })
    const fake = fakeRunHost([run], undefined, { 'runs.gradientFlow': () => [line(100), line(200)] })
    const screen = await mountScreen(DashboardScreen, run.id, fake.host)
    const asked = () => fake.calls.filter(({ method }) => method === 'runs.gradientFlow').length
    expect(asked()).toBe(1)
    fake.emit('run.gradientFlow', { id: run.id, line: line(300) })
    await settle()
    const legend = screen.findAll('section').find((panel) => panel.text().startsWith('Gradient through time'))!.get('.legend')
    expect(legend.findAll('.entry').map((entry) => [entry.findAll('span')[1]!.text(), entry.get('.swatch').attributes('style')])).toEqual([['step 100', 'opacity: 0.3;'], ['step 200', 'opacity: 0.4;'], ['step 300', undefined]])
    expect(asked()).toBe(1)
    screen.unmount()
  })

  it('says that a run is damaged, not that it is gone', async () => {
    const damaged = { id: 'torn-1', name: 'Torn', error: { code: 'run.unreadable', message: 'run.json isn\'t whole.' } }
    const { host } = fakeRunHost([fakeRun('text')], undefined, { 'runs.damaged': () => [damaged] })
    const screen = await mountScreen(DashboardScreen, 'torn-1', host)
    expect(screen.get('[role=alert]').text()).toMatch(/“Torn” is damaged.*isn't whole.*Read it again.*Remove/s)
    expect(screen.text()).not.toContain('gone')
    screen.unmount()
  })

  it('offers to resume a run that failed, but not into the same numbers', () => {
    const failed = (code: string) => fakeRun('text', { state: 'failed', error: { code, message: 'It failed.' } })
    expect([canResume(failed('compute.died')), canResume(failed('numeric.non-finite')), canResume(fakeRun('text'))]).toEqual([true, false, false])
  })

  it('shows what the best weights reach beside the baselines, and which classes were mistaken', async () => {
    const figures = [
      { part: 'validation' as const, loss: 1.62, scores: { bits: 2.337, accuracy: 0.5213 }, confusion: null },
      { part: 'test' as const, loss: 1.7, scores: { bits: 2.453, accuracy: 0.5012 }, confusion: { labels: ['a', '\n'], counts: [[30, 10], [0, 1200]] } },
    ]
    const screen = await mountScreen(DashboardScreen, 'run-text', fakeRunHost([fakeRun('text', { figures })]).host)
    const [result, confusion] = screen.findAll('table')
    expect(result!.findAll('th').map((cell) => cell.text())).toEqual(['', 'Loss, nats', 'Bits a symbol', 'Accuracy'])
    expect(result!.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([
      ['Network, validation', '1.620', '2.337', '52.13 %'], ['Network, test', '1.700', '2.453', '50.12 %'],
      ['Unigram', '3.062', '', '17.80 %'], ['Bigram', '2.451', '', '27.10 %'],
    ])
    expect(confusion!.findAll('tbody tr').map((row) => row.text())).toEqual(['a3010', '↵01,200'])
    screen.unmount()
  })

  it('gives every chart as a table', async () => {
    const screen = await mountScreen(DashboardScreen, 'run-text', fakeRunHost([fakeRun('text')]).host)
    const buttons = screen.findAll('button[aria-label="Show as table"]')
    expect(buttons).toHaveLength(3)
    await buttons[0]!.trigger('click')
    expect(screen.get('table').findAll('th').map((cell) => cell.text())).toEqual(['Training step', 'training', 'validation'])
    expect(screen.findAll('tbody tr').length).toBe(100)
    screen.unmount()
  })
})

// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import StartScreen from '@renderer/features/start/StartScreen.vue'
import { bestBaseline } from '@renderer/features/start/baselines'
import { navigate, route } from '@renderer/shell/navigation'
import { useToasts } from '@renderer/shell/toasts'
import { useApp } from '@renderer/stores/app'
import { UnrollError } from '@shared/errors'
import { asked, fakeImportHost } from '../support/fake-import-host'
import { fakeRun } from '../support/fake-runs'
import { mountScreen, settle } from '../support/mount-screen'
import type { AppInfo, Dataset } from '@shared/rpc/schemas'
import { fakeDataset } from '../support/fake-runs'

beforeEach(() => navigate('start'))
afterEach(() => { document.body.innerHTML = '' })

async function start(fake: ReturnType<typeof fakeImportHost>) {
  const wrapper = await mountScreen(StartScreen, null, fake.host)
  await useApp().load()
  await settle()
  return wrapper
}

describe('the start screen', () => {
  it('takes a folder of one’s own as readily as a file', async () => {
    const fake = fakeImportHost()
    const wrapper = await start(fake)
    const names = wrapper.findAll('.own button').map((button) => button.text())
    expect(names).toEqual([expect.stringContaining('Choose a file'), 'Choose a folder'])
  })

  it('takes one click from a sample to its run', async () => {
    const waiting = asked<Dataset>()
    const fake = fakeImportHost({ 'datasets.fromSample': () => waiting.promise })
    const wrapper = await start(fake)
    const button = wrapper.get('button[aria-label="Train on Moby-Dick"]')
    await button.trigger('click')
    expect(button.attributes('aria-busy')).toBe('true')
    expect(button.attributes('disabled')).toBeDefined()
    waiting.answer(fakeDataset('text'))
    await settle()
    const started = fake.calls.find(({ method }) => method === 'runs.start')?.params
    expect(started).toMatchObject({ datasetId: 'data-text', experiment: { model: { hiddenSize: 128 } } })
    expect(route.value).toEqual({ screen: 'dashboard', id: 'started' })
  })

  it('offers the samples while the graphics driver is still being asked', async () => {
    const fake = fakeImportHost({ 'app.info': () => asked<AppInfo>().promise })
    const wrapper = await mountScreen(StartScreen, null, fake.host)
    void useApp().load()
    await settle()
    expect(wrapper.find('button[aria-label="Train on Moby-Dick"]').exists()).toBe(true)
    expect(wrapper.find('.ghost').exists()).toBe(false)
    expect(wrapper.text()).not.toContain('CPU cores')
  })

  it('says why a sample did not start, and stays usable', async () => {
    const fake = fakeImportHost({ 'runs.start': () => { throw new UnrollError('device.unavailable', 'No device trains this.', { hint: 'Choose the CPU.' }) } })
    const wrapper = await start(fake)
    await wrapper.get('button[aria-label="Train on Moby-Dick"]').trigger('click')
    await settle()
    expect(wrapper.get('[role=alert]').text()).toContain('No device trains this.')
    expect(wrapper.get('[role=alert]').text()).toContain('Choose the CPU.')
    expect(wrapper.get('button[aria-label="Train on Moby-Dick"]').attributes('disabled')).toBeUndefined()
    expect(route.value.screen).toBe('start')
  })

  it('lists runs with state, step and loss against the best baseline', async () => {
    const beaten = fakeRun('text', { best: { step: 400, loss: 1.832 } })
    const behind = fakeRun('series', { state: 'interrupted', best: { step: 9, loss: 1.5 } })
    const wrapper = await start(fakeImportHost({}, { runs: [beaten, behind] }))
    const rows = wrapper.findAll('tbody tr').map((row) => row.text())
    expect(rows[0]).toMatch(/moby-dick.*Done.*4,740 \/ 4,740.*1\.832.*beats 2\.451/s)
    expect(rows[1]).toMatch(/births.*Interrupted.*1\.500.*above 0\.9120/s)
    expect(wrapper.get('tbody a').attributes('href')).toBe('#/dashboard/run-text')
  })

  it('shows a damaged run with what is wrong, reads it again, removes it and brings it back', async () => {
    const damaged = { id: 'torn-1', name: 'Torn', error: { code: 'run.unreadable', message: 'run.json can\'t be read: it isn\'t whole.', hint: 'Put the file back from a copy.' } }
    let mended = false
    const fake = fakeImportHost({
      'runs.damaged': () => [damaged], 'runs.remove': () => null, 'runs.restore': () => null,
      'runs.recheck': () => { if (!mended) throw new UnrollError('run.unreadable', damaged.error.message); return fakeRun('text', { id: 'torn-1', name: 'Torn' }) },
    })
    const wrapper = await start(fake)
    const alert = () => wrapper.find('[role=alert]')
    const press = async (words: string) => {
      await alert().findAll('button').find((button) => button.text() === words)!.trigger('click')
      await settle()
    }
    expect(alert().text()).toMatch(/“Torn” is damaged.*it isn't whole.*from a copy/s)
    expect(wrapper.text()).not.toContain('No run yet')
    await press('Read it again')
    expect(alert().exists()).toBe(true)
    await press('Remove the run')
    expect(alert().exists()).toBe(false)
    useToasts().toasts.find(({ action }) => action)!.action!.run()
    await settle()
    expect(alert().exists()).toBe(true)
    mended = true
    await press('Read it again')
    expect(alert().exists()).toBe(false)
    expect(wrapper.get('tbody a').text()).toBe('Torn')
  })

  it('marks a run on whose way something went wrong', async () => {
    const wrapper = await start(fakeImportHost({}, { runs: [fakeRun('text', { warnings: [{ code: 'device.fell-back', step: 2512, message: 'The GPU failed.' }] }), fakeRun('series')] }))
    expect(wrapper.findAll('tbody tr').map((row) => row.find('[role=img][aria-label="At step 2,512: The GPU failed."]').exists())).toEqual([true, false])
  })

  it('says what to do where there is nothing yet', async () => {
    const wrapper = await start(fakeImportHost({}, { datasets: [] }))
    expect(wrapper.text()).toContain('No run yet. Pick a sample above')
    expect(wrapper.text()).toContain('None yet: what you import is listed here.')
  })

  it('shows an error of the other side, and asks again', async () => {
    let broken = true
    const fake = fakeImportHost({ 'runs.list': () => { if (broken) throw new UnrollError('home.unreadable', 'The folder can\'t be read.'); return [] } })
    const wrapper = await start(fake)
    expect(wrapper.get('[role=alert]').text()).toContain('The folder can\'t be read.')
    broken = false
    await wrapper.get('[role=alert] button').trigger('click')
    await settle()
    expect(wrapper.find('[role=alert]').exists()).toBe(false)
  })
})

describe('the best baseline', () => {
  it('is the one with the lowest loss', () => {
    expect(bestBaseline([])).toBeNull()
    expect(bestBaseline(fakeRun('text').baselines)?.name).toBe('Bigram')
  })
})

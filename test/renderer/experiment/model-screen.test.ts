// @vitest-environment happy-dom
import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { UnrollError } from '@shared/errors'
import ModelScreen from '@renderer/features/experiment/ModelScreen.vue'
import { runAction } from '@renderer/shell/actions'
import { navigate, route } from '@renderer/shell/navigation'
import { useToasts } from '@renderer/shell/toasts'
import { useExperiment } from '@renderer/stores/experiment'
import { fakeImportHost } from '../support/fake-import-host'
import { mountScreen, settle } from '../support/mount-screen'

enableAutoUnmount(afterEach)
beforeEach(() => navigate('model', 'data-text'))

const model = async (fake = fakeImportHost(), datasetId: string | null = 'data-text') => {
  const wrapper = await mountScreen(defineComponent(() => () => h(ModelScreen, { datasetId })), null, fake.host)
  await settle()
  const field = (label: string) => {
    const id = wrapper.findAll('label').find((candidate) => candidate.text() === label)!.attributes('for')!
    return wrapper.get(`#${CSS.escape(id)}`)
  }
  return { wrapper, field, fake, form: useExperiment() }
}

describe('the model screen', () => {
  it('shows this model\'s shapes and parameters as the form changes', async () => {
    const { wrapper, field } = await model()
    expect(wrapper.text()).toContain('128 × 128')
    await field('Hidden size').setValue('64')
    expect(wrapper.text()).toContain('64 × 64')
    expect(wrapper.text()).toContain('86 × 64')
    // U 64² + W 64·86 + b 2·64 + V 86·64 + c 86
    expect(wrapper.text()).toContain('15,318')
    await field('Window').setValue('640')
    expect(wrapper.text()).toContain('15,318')
  })

  it('starts what the form says, and goes to the dashboard', async () => {
    const { field, fake } = await model()
    await field('Hidden size').setValue('40')
    await field('Learning rate').setValue('3e-3')
    expect(runAction('model.train')).toBe(true)
    await settle()
    expect(fake.calls.find(({ method }) => method === 'runs.start')?.params).toMatchObject({ datasetId: 'data-text', experiment: { model: { hiddenSize: 40 }, training: { optimizer: { kind: 'adam', learningRate: 0.003 } } } })
    expect(route.value).toEqual({ screen: 'dashboard', id: 'started' })
  })

  it('does not start with a field at fault, and leads to it', async () => {
    const { wrapper, field, fake } = await model()
    await field('Batch size').setValue('many')
    expect(wrapper.text()).toContain('Batch size must be a number.')
    runAction('model.train')
    await settle()
    expect(fake.calls.some(({ method }) => method === 'runs.start')).toBe(false)
    expect(document.activeElement).toBe(field('Batch size').element)
    expect(useToasts().toasts[0]?.text).toContain('One field needs a look')
  })

  it('undoes and redoes by key, also in the fields', async () => {
    const { field, form } = await model()
    await field('Hidden size').setValue('40')
    await field('Seed').setValue('7')
    runAction('model.undo')
    await settle()
    expect([form.draft?.seed, form.draft?.hiddenSize]).toEqual([1, 40])
    runAction('model.undo')
    await settle()
    expect((field('Hidden size').element as HTMLInputElement).value).toBe('128')
    expect(runAction('model.undo')).toBe(false)
    runAction('model.redo')
    runAction('model.redo')
    await settle()
    expect((field('Seed').element as HTMLInputElement).value).toBe('7')
    form.reset()
    await settle()
    expect((field('Hidden size').element as HTMLInputElement).value).toBe('128')
    expect(form.canUndo).toBe(true)
  })

  it('brings an optimizer\'s own rates with it', async () => {
    const { form } = await model()
    form.change('optimizer', 'sgd')
    expect(form.draft).toMatchObject({ learningRate: 0.1, momentum: 0.9 })
    form.undo()
    expect(form.draft).toMatchObject({ optimizer: 'adam', learningRate: 0.001 })
  })

  it('puts a refusal of the other side beside its field', async () => {
    const { wrapper, field } = await model(fakeImportHost({ 'runs.start': () => { throw new UnrollError('experiment.invalid', 'The window is too long for this device.', { where: { parameter: 'training.window' } }) } }))
    runAction('model.train')
    await settle()
    expect(field('Window').attributes('aria-invalid')).toBe('true')
    expect(wrapper.text()).toContain('The window is too long for this device.')
    await field('Window').setValue('32')
    expect(wrapper.text()).not.toContain('too long for this device')
  })

  it('takes model and training from an experiment file, and says what it leaves', async () => {
    const { form } = await model()
    const file = JSON.parse(form.text!) as Record<string, Record<string, unknown>>
    form.load(JSON.stringify({ ...file, data: { kind: 'audio', source: 'x' }, model: { ...file['model'], hiddenSize: 33 } }), 'other.json')
    expect(form.draft?.hiddenSize).toBe(33)
    expect(form.experiment?.data.kind).toBe('text')
    const other = { ...file, task: { output: 'last-step', loss: 'mse' }, model: { ...file['model'], cell: 'lstm', layers: 2, peepholes: true } }
    expect(form.load(JSON.stringify(other), 'lstm.json')).toEqual([
      'model.peepholes is no key of this version and was left out.', 'task.loss stays cross-entropy: mse is not for this dataset\'s targets.', 'task.output stays every-step, as this dataset has it.',
    ])
    expect(form.experiment).toMatchObject({ model: { cell: 'lstm', layers: 2 }, task: { output: 'every-step', loss: 'cross-entropy' } })
    form.undo()
    expect(form.draft).toMatchObject({ cell: 'rnn', hiddenSize: 33 })
    expect(() => form.load('{', 'broken.json')).toThrow(/broken\.json should be an experiment file/)
    expect(() => form.load(JSON.stringify({ ...file, training: { window: 0 } }), 'zero.json')).toThrow(/training\.window/)
    expect(form.draft?.hiddenSize).toBe(33)
  })

  it('says what to do without data', async () => {
    const { wrapper } = await model(fakeImportHost({}, { datasets: [] }), null)
    expect(wrapper.text()).toContain('A model needs data first')
  })
})

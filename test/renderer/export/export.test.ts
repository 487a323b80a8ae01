// @vitest-environment happy-dom
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { modelSchema } from '@shared/experiment/model-schema'
import { UnrollError } from '@shared/errors'
import { parameterCount } from '@shared/model/weights'
import ExportScreen from '@renderer/features/export/ExportScreen.vue'
import { pytorchSnippet, widthsOf } from '@renderer/features/export/pytorch-snippet'
import { fakeRunHost } from '../support/fake-run-host'
import { fakeRun } from '../support/fake-runs'
import { mountScreen, settle } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })

const pressFirst = async (screen: Awaited<ReturnType<typeof mountScreen>>) => {
  await screen.findAll('button').find((button) => button.text() === 'Create and save')!.trigger('click')
  await settle()
}

describe('export', () => {
  it('makes the file, says how it was checked, and hands it over', async () => {
    const { host, calls, saved } = fakeRunHost([fakeRun('text', { best: { step: 4600, loss: 1.8 } })])
    const screen = await mountScreen(ExportScreen, 'run-text', host)
    await pressFirst(screen)
    expect(calls.find(({ method }) => method === 'export.create')?.params).toEqual({ id: 'run-text', format: 'safetensors', weights: 'best' })
    expect(saved).toEqual(['run-text-best.safetensors'])
    expect(screen.text()).toContain('Read back: 6 tensors, every value equal.')
    expect(screen.text()).toContain('load_file("run-text-best.safetensors")')
    expect(screen.findAll('.tensors tr').map((row) => row.text())).toContain('rnn.weight_ih_l0[128, 86]')
    screen.unmount()
  })

  it('takes the last weights where there are no best ones', async () => {
    const { host, calls } = fakeRunHost([fakeRun('text')])
    const screen = await mountScreen(ExportScreen, 'run-text', host)
    await pressFirst(screen)
    expect(calls.find(({ method }) => method === 'export.create')?.params).toMatchObject({ weights: 'last' })
    screen.unmount()
  })

  it('says in place what went wrong', async () => {
    const { host } = fakeRunHost([fakeRun('text')], () => [], { 'export.create': () => { throw new UnrollError('file.no-space', 'The disk is full.', { hint: 'Make room and try again.' }) } })
    const screen = await mountScreen(ExportScreen, 'run-text', host)
    await pressFirst(screen)
    expect(screen.get('[role=alert]').text()).toContain('The disk is full.')
    screen.unmount()
  })
})

describe('the code that loads the weights', () => {
  it('has the run\'s own shapes', () => {
    const run = fakeRun('text')
    expect(widthsOf(run)).toEqual({ input: 86, output: 86 })
    const code = pytorchSnippet(run, { input: 86, output: 86 }, 'w.safetensors')
    expect(code).toContain('torch.nn.RNN(86, 128, nonlinearity="tanh", batch_first=True)')
    expect(code).toContain('torch.nn.Linear(128, 86)')
    expect(widthsOf(fakeRun('series'))).toEqual({ input: 1, output: 1 })
    expect(widthsOf(fakeRun('generated'))).toEqual({ input: 2, output: 1 })
    expect(widthsOf({ ...run, parameters: run.parameters + 1 })).toBeNull()
  })

  it('finds a text\'s vocabulary from the parameters of any network', () => {
    const run = fakeRun('text')
    fc.assert(fc.property(fc.constantFrom('rnn', 'gru', 'lstm'), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.option(fc.integer({ min: 1, max: 30 })), fc.integer({ min: 1, max: 200 }),
      (cell, hiddenSize, layers, bidirectional, embeddingSize, vocabulary) => {
        const model = modelSchema.parse({ cell, hiddenSize, layers, bidirectional, embeddingSize })
        expect(widthsOf({ ...run, parameters: parameterCount(model, vocabulary, vocabulary), experiment: { ...run.experiment, model } })).toEqual({ input: vocabulary, output: vocabulary })
      }))
  })

  it('reads tokens and last states as the run did', () => {
    const { experiment, ...run } = fakeRun('text')
    const code = (model: Partial<typeof experiment.model>, output: 'every-step' | 'last-step') =>
      pytorchSnippet({ ...run, experiment: { ...experiment, task: { ...experiment.task, output }, model: { ...experiment.model, ...model } } }, { input: 86, output: 86 }, 'w')
    expect(code({}, 'every-step')).toContain('one_hot(tokens, 86)')
    const embedded = code({ cell: 'gru', embeddingSize: 16, bidirectional: true }, 'last-step')
    expect(embedded).toContain('torch.nn.Embedding(86, 16)')
    expect(embedded).toContain('torch.nn.GRU(16, 128, bidirectional=True, batch_first=True)')
    expect(embedded).toContain('embedding.load_state_dict(part("embedding."))')
    expect(embedded).toContain('head(torch.cat([last[-2], last[-1]], 1))')
    expect(code({ cell: 'lstm' }, 'last-step')).toContain('hidden, (last, _) = rnn(x)\ny = head(last[-1])')
  })

  it('names what other cells are in PyTorch', () => {
    const run = fakeRun('series')
    const lstm = { ...run, experiment: { ...run.experiment, model: { ...run.experiment.model, cell: 'lstm' as const, layers: 2, bidirectional: true } } }
    expect(pytorchSnippet(lstm, { input: 1, output: 1 }, 'w')).toContain('torch.nn.LSTM(1, 64, num_layers=2, bidirectional=True, batch_first=True)')
    expect(pytorchSnippet(lstm, { input: 1, output: 1 }, 'w')).toContain('torch.nn.Linear(128, 1)')
  })
})

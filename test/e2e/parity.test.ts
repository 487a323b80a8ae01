import { copyFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { metricSchema, type Metric } from '@shared/metrics'
import { describeInChromium } from '../support/chromium'
import { openWorkbench, type Workbench } from './workbench'

const folder = fileURLToPath(new URL('../parity/cases/rnn-relu-text-carry/', import.meta.url))
const file = (name: string) => join(folder, name)

/** A parity case by hand in the served workbench gives PyTorch's numbers, as it does on the command line and every backend. */
describeInChromium('a parity case through the served workbench', () => {
  let workbench: Workbench

  beforeAll(async () => { workbench = await openWorkbench() })
  afterAll(() => workbench?.end())

  async function trained(): Promise<Metric[]> {
    const [run] = await readdir(join(workbench.app.home, 'runs'))
    const lines = (await readFile(join(workbench.app.home, 'runs', run!, 'metrics.jsonl'), 'utf8')).trim().split('\n')
    return lines.map((line) => metricSchema.parse(JSON.parse(line))).filter(({ split }) => split === 'train')
  }

  it('has every loss and gradient norm within 1e-4 of PyTorch’s', async () => {
    const { page, app, screen, choose } = workbench
    await screen('Data')
    await choose(file('corpus.txt'), () => page.getByRole('button', { name: 'Choose a file' }).click())
    await page.getByRole('main').getByRole('button', { name: /^Import Ctrl/ }).click()
    for (const part of ['Validation', 'Test']) {
      await page.getByRole('spinbutton', { name: part }).fill('0')
      await page.keyboard.press('Enter')
    }
    await page.getByText('100.0 %').first().waitFor()
    await page.getByRole('main').getByText('Set up a model').click()
    // A dataset is a folder that people can put files into: the weights to start from.
    const [dataset] = await readdir(join(app.home, 'datasets'))
    await copyFile(file('init.safetensors'), join(app.home, 'datasets', dataset!, 'init.safetensors'))
    await choose(file('experiment.json'), () => page.getByRole('button', { name: 'Open an experiment file' }).click())
    await expect.poll(() => page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('rnn-relu-text-carry')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Done').first().waitFor()

    const { steps } = JSON.parse(await readFile(file('expected/expected.json'), 'utf8')) as { steps: { loss: number; gradNorm: number }[] }
    const found = await trained()
    expect(found).toHaveLength(steps.length)
    steps.forEach(({ loss, gradNorm }, index) => {
      expect(Math.abs(found[index]!.loss - loss) / loss).toBeLessThan(1e-4)
      expect(Math.abs(found[index]!.gradNorm! - gradNorm) / gradNorm).toBeLessThan(1e-4)
    })
  })
})

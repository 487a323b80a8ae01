import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSafetensors } from '@main/formats/safetensors'
import { metricSchema, type Metric } from '@shared/metrics'
import { describeInChromium } from '../support/chromium'
import { openWorkbench, type Workbench } from './workbench'

const project = new URL('../../', import.meta.url)
const pictures = fileURLToPath(new URL('test-output/main-job/', project))
const novel = new URL('build/generated/samples/moby-dick.txt', project)
/** Nats a character that the run has to fall below; the whole novel does so as well, only later. */
const enough = 2.4

/**
 * The main job as a user does it: `npm start -- --serve`, a browser, a text of one's own; train, pause, resume, look
 * inside, generate, take the weights away. A picture of every screen is kept in test-output/main-job.
 */
describeInChromium('the main job in a browser', () => {
  let workbench: Workbench
  let page: Page
  const screen = (name: string) => workbench.screen(name)

  beforeAll(async () => {
    workbench = await openWorkbench({ colorScheme: 'light' })
    page = workbench.page
    await writeFile(join(workbench.app.home, 'whale.txt'), (await readFile(novel, 'utf8')).slice(0, 300_000))
    await mkdir(pictures, { recursive: true })
  })

  afterAll(() => workbench?.end())

  async function picture(name: string): Promise<void> {
    expect(await workbench.overhang()).toBe(0)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(150)
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) })
    }
  }

  /** The lines of the only run's metrics.jsonl, whole ones alone. */
  async function metrics(): Promise<Metric[]> {
    const [run] = await readdir(join(workbench.app.home, 'runs')).catch(() => [])
    const text = run === undefined ? '' : await readFile(join(workbench.app.home, 'runs', run, 'metrics.jsonl'), 'utf8').catch(() => '')
    return text.split('\n').slice(0, -1).map((line) => metricSchema.parse(JSON.parse(line)))
  }

  it('imports a text by the dialog, with a preview', async () => {
    await picture('start')
    await screen('Data')
    await workbench.choose(join(workbench.app.home, 'whale.txt'), () => page.getByRole('button', { name: 'Choose a file' }).click())
    await page.getByText('Call me Ishmael').first().waitFor()
    await picture('import')
    await page.getByRole('main').getByRole('button', { name: /^Import Ctrl/ }).click()
    await page.getByRole('heading', { name: 'Baselines' }).waitFor()
    await page.getByText('300,000 characters').first().waitFor()
    await picture('dataset')
  })

  it('sets up a model, trains, and the loss falls below what is asked', { timeout: 200_000 }, async () => {
    await page.getByText('Imported “whale”.').waitFor()
    await page.getByRole('main').getByText('Set up a model').click()
    // News of the screen before covers nothing of this one.
    await page.getByText('Imported “whale”.').waitFor({ state: 'detached', timeout: 2_000 })
    await page.getByRole('spinbutton', { name: 'Hidden size' }).fill('64')
    await picture('model')
    await page.getByRole('button', { name: /^Train/ }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await expect.poll(async () => (await metrics()).filter((one) => one.split === 'validation').at(-1)?.loss ?? Infinity, { timeout: 180_000, interval: 500 }).toBeLessThan(enough)
    await picture('dashboard')
  })

  it('pauses, and goes on where it stood', { timeout: 60_000 }, async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    const standing = (await metrics()).length
    await page.waitForTimeout(700)
    expect((await metrics()).length).toBe(standing)
    await picture('paused')
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(async () => (await metrics()).length, { timeout: 20_000 }).toBeGreaterThan(standing + 5)
    const steps = (await metrics()).filter((one) => one.split === 'train').map((one) => one.step)
    expect(steps).toEqual(steps.map((_, index) => index + 1))
  })

  it('looks at the hidden states of a text of one’s own while it trains', async () => {
    await screen('Hidden states')
    await page.getByRole('radio', { name: 'A text of mine' }).click()
    await page.getByRole('textbox').first().fill('Call me Ishmael. Some years ago, never mind how long.')
    await page.getByRole('button', { name: 'Compute' }).click()
    await page.getByText('h at 53 steps, 64 units').waitFor()
    await picture('hidden-states')
  })

  it('stops, and generates the same text for the same seed', async () => {
    await screen('Dashboard')
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped').first().waitFor()
    await page.getByRole('navigation', { name: 'More of this run' }).getByRole('link', { name: /^Playground/ }).click()
    await page.getByRole('textbox', { name: 'The text goes on from here' }).fill('The whale ')
    const written = async () => {
      await page.getByRole('button', { name: /^Generate/ }).click()
      await page.getByText('500 characters, seed 1').waitFor()
      return page.getByRole('region', { name: 'Generated text' }).innerText()
    }
    const first = await written()
    expect(first).toContain('The whale ')
    await picture('playground')
    expect(await written()).toBe(first)
  })

  it('takes the weights away, verified, under PyTorch’s names', async () => {
    await screen('Export')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Create and save' }).first().click()
    const path = await (await download).path()
    const { tensors } = readSafetensors(new Uint8Array(await readFile(path)))
    expect(Object.keys(tensors).sort()).toEqual(['head.bias', 'head.weight', 'rnn.bias_hh_l0', 'rnn.bias_ih_l0', 'rnn.weight_hh_l0', 'rnn.weight_ih_l0'])
    expect(tensors['rnn.weight_hh_l0']!.shape).toEqual([64, 64])
    await page.getByText(/Read back: 6 tensors/).first().waitFor()
    await picture('export')
  })

  it('never complained to the console', () => {
    expect(workbench.complaints).toEqual([])
  })
})

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSafetensors } from '@main/formats/safetensors'
import { describeInChromium } from '../support/chromium'
import { openWorkbench, type Workbench } from './workbench'

const project = new URL('../../', import.meta.url)
const pictures = fileURLToPath(new URL('test-output/inside/', project))
const novel = new URL('build/generated/samples/moby-dick.txt', project)

/** Inside a two-layer LSTM trained on a piece of Moby-Dick, in every view. A picture of each is kept in test-output/inside. */
describeInChromium('inside a network, in a browser', () => {
  let workbench: Workbench
  let page: Page

  beforeAll(async () => {
    workbench = await openWorkbench({ colorScheme: 'light' })
    page = workbench.page
    await mkdir(pictures, { recursive: true })
    await writeFile(join(workbench.app.home, 'whale.txt'), (await readFile(novel, 'utf8')).slice(30_000, 90_000))
    await workbench.screen('Data')
    await workbench.choose(join(workbench.app.home, 'whale.txt'), () => page.getByRole('button', { name: 'Choose a file' }).click())
    await page.getByRole('main').getByRole('button', { name: /^Import Ctrl/ }).click()
    await page.getByRole('main').getByText('Set up a model').click()
    await page.getByRole('radio', { name: 'LSTM' }).click()
    await page.getByRole('spinbutton', { name: 'Hidden size' }).fill('32')
    await page.getByRole('spinbutton', { name: 'Layers' }).fill('2')
    await page.getByRole('button', { name: /^Train/ }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.getByText(/Step 1\d\d of/).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped').first().waitFor()
  }, 180_000)

  afterAll(() => workbench?.end())

  const view = (name: string) => page.getByRole('radiogroup', { name: 'View' }).getByRole('radio', { name }).click()

  async function picture(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(200)
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) })
    }
  }

  /** Each of the four forms of a picture, as far as it can be told whole. */
  async function saved(label: string): Promise<{ svg: string; rows: string[][]; tensors: ReturnType<typeof readSafetensors>['tensors'] }> {
    const save = async (item: string) => {
      await page.getByRole('button', { name: label, exact: true }).click()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()])
      return readFile(await download.path())
    }
    const svg = (await save('Picture, SVG')).toString('utf8')
    expect(await page.evaluate((text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent ?? '', svg)).toBe('')
    await writeFile(join(pictures, `${label.toLowerCase().replaceAll(' ', '-')}.svg`), svg)
    const png = await save('Picture, PNG')
    await writeFile(join(pictures, `${label.toLowerCase().replaceAll(' ', '-')}.png`), png)
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')])
    const rows = (await save('Numbers, CSV')).toString('utf8').trimEnd().split('\r\n').map((line) => line.split(','))
    return { svg, rows, tensors: readSafetensors(new Uint8Array(await save('Numbers, safetensors'))).tensors }
  }

  it('showed on the dashboard how the gradient went back through time as it trained', async () => {
    const chart = page.getByRole('slider', { name: 'Gradient through time', exact: true })
    await chart.waitFor()
    await page.getByRole('radio', { name: 'layer 1' }).click()
    await chart.focus()
    await page.keyboard.press('End')
    await expect.poll(() => chart.getAttribute('aria-valuetext')).toMatch(/^Steps back 49: .*step 100 /)
    await page.getByRole('heading', { name: 'Gradient through time' }).scrollIntoViewIfNeeded()
    await picture('dashboard-flow')
    const { rows, tensors } = await saved('Save picture or numbers')
    expect(rows).toHaveLength(tensors['chosen']!.shape[0]! + 1)
    // A state is its own derivative.
    expect(Number(tensors['chosen']!.data[0])).toBe(1)
  })

  it('shows every gate of every layer over the sequence, ordered by likeness', async () => {
    await workbench.screen('Hidden states')
    await page.getByText('h at 400 steps, 32 units, layer 2').waitFor()
    await page.getByRole('combobox', { name: /^Numbers/ }).click()
    const letters = await page.getByRole('option').allInnerTexts()
    expect(letters.map((text) => text.split(/\s/)[0])).toEqual(['h', 'c', 'i', 'f', 'g', 'o', 'Wx', 'Uh', 'y'])
    await page.getByRole('option', { name: /forget gate/ }).click()
    await page.getByRole('radio', { name: 'layer 1' }).click()
    await page.getByText('f at 400 steps, 32 units, layer 1').waitFor()
    await page.getByRole('radio', { name: 'By likeness' }).click()
    const map = page.getByRole('application')
    await map.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.locator('.readout').textContent()).toMatch(/unit \d+ {2}· {2}step \d+ .* f = 0\.\d+/)
    await picture('heatmap')
  })

  it('hands the numbers over as safetensors and CSV, the picture as SVG and PNG', async () => {
    const save = async (item: string) => {
      await page.getByRole('button', { name: 'Save picture or numbers' }).click()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: item }).click()])
      return readFile(await download.path())
    }
    const { tensors, metadata } = readSafetensors(new Uint8Array(await save('Numbers, safetensors')))
    expect(tensors['f_l0']!.shape).toEqual([400, 32])
    for (const value of tensors['f_l0']!.data) expect(value > 0 && value < 1).toBe(true)
    expect(JSON.parse(metadata['labels']!)).toHaveLength(400)
    const rows = (await save('Numbers, CSV')).toString('utf8').split('\r\n')
    expect(rows[0]!.split(',')).toHaveLength(34)
    expect((await save('Picture, SVG')).toString('utf8')).toMatch(/^<svg [^]*<image [^]*<\/svg>$/)
    expect([...(await save('Picture, PNG')).subarray(1, 4)]).toEqual([...Buffer.from('PNG')])
    // The curve of one unit: a number a step.
    const curve = await saved('Save the curve')
    expect(curve.rows).toHaveLength(401)
    expect(Object.values(curve.tensors).map(({ shape }) => shape)).toEqual([[400], [400]])
  })

  it('goes through the equations step by step, and back along the gradient', async () => {
    await view('Step by step')
    const flow = page.getByRole('table').filter({ hasText: 'input gate' })
    await flow.waitFor()
    await page.getByRole('group', { name: /^Steps/ }).focus()
    for (let step = 0; step < 40; step++) await page.keyboard.press('ArrowRight')
    await page.getByText(/^step 4\d of 400/).waitFor()
    // What the table says adds up: W x + U h + b is the sum, and σ of it the gate.
    await expect.poll(async () => {
      const cells = await flow.locator('tbody tr').first().locator('td').allInnerTexts()
      const [wx, uh, b, sum] = cells.map((text) => Number(text.replace('−', '-')))
      const gate = Number(/→ (.+)$/.exec(cells[4]!)![1])
      return Math.abs(wx! + uh! + b! - sum!) < 0.02 && Math.abs(1 / (1 + Math.exp(-sum!)) - gate) < 0.01
    }).toBe(true)
    await page.getByText('says next').waitFor()
    await page.getByRole('switch', { name: 'Gradient backward' }).click()
    await page.getByRole('slider', { name: 'Gradient through time' }).waitFor()
    await picture('steps')
    const step = await saved('Save picture or numbers')
    expect(step.svg).toContain('forget gate')
    // The states before, W x, U h, b and value of four gates, c and h: a row a unit.
    expect(step.rows).toHaveLength(33)
    expect(step.rows[0]).toHaveLength(1 + 2 + 16 + 2)
    expect(Object.keys(step.tensors)).toEqual(expect.arrayContaining(['f_l1', 'Wx_l1', 'previous.c_l1', 'rnn.bias_ih_l1', 'y']))
    const flowed = await saved('Save the flow')
    // Whole Jacobians of 32 units: h, c and the largest singular value at each of the 41 steps.
    expect(flowed.rows).toHaveLength(42)
    expect(flowed.tensors['norm']!.data.at(-1)).toBeCloseTo(1, 5)
    await page.getByRole('application', { name: /^Gradient by unit/ }).focus()
    await page.keyboard.press('ArrowLeft')
    await page.getByText(/unit \d+ {2}· {2}step \d+ “.”, \d+ before/).waitFor()
    const units = await saved('Save the flow by unit')
    expect(units.tensors['flow.units']!.shape).toEqual([41, 32])
    expect(units.tensors['flow.units']!.data.every((value) => value >= 0)).toBe(true)
    await page.getByRole('heading', { name: 'By unit' }).scrollIntoViewIfNeeded()
    await picture('flow-units')
  })

  it('selects units over a stretch, finds where else they are on, and keeps them with a note', { timeout: 90_000 }, async () => {
    await view('Select and match')
    // A gate that is half open everywhere gives units to select, however little the network has learnt.
    await page.getByRole('combobox', { name: /^Numbers/ }).click()
    await page.getByRole('option', { name: /forget gate/ }).click()
    const map = page.getByRole('application')
    await map.waitFor()
    const box = (await map.boundingBox())!
    await page.mouse.move(box.x + 40 + 11 * 20 + 5, box.y + 100)
    await page.mouse.down()
    await page.mouse.move(box.x + 40 + 11 * 23 + 5, box.y + 104, { steps: 6 })
    await page.mouse.up()
    await page.getByText(/of 32 units on throughout/).waitFor()
    expect(await page.getByRole('spinbutton', { name: 'From step' }).inputValue()).toBe('20')
    expect(await page.getByRole('spinbutton', { name: 'To before' }).inputValue()).toBe('24')
    await page.getByRole('button', { name: 'Find in the whole dataset' }).click()
    await page.getByRole('heading', { name: 'Places like it' }).waitFor({ timeout: 60_000 })
    await page.getByText(/places among 60,000 steps, found in/).waitFor()
    await page.getByRole('textbox', { name: 'What it seems to mean' }).fill('nothing yet')
    await page.getByRole('button', { name: 'Save the selection' }).click()
    await page.getByRole('textbox', { name: /^Note of the pattern/ }).waitFor()
    await picture('match')
    await page.getByRole('button', { name: 'Remove this pattern' }).click()
    await expect.poll(() => page.getByRole('textbox', { name: /^Note of the pattern/ }).count()).toBe(0)
  })

  it('brushes in one view what stands out in all the others', { timeout: 60_000 }, async () => {
    const brushed = page.getByRole('status').filter({ hasText: 'Brushed:' })
    await view('Heatmap')
    const map = page.getByRole('application')
    await map.waitFor()
    const box = (await map.boundingBox())!
    await page.mouse.move(box.x + 40 + 11 * 30 + 5, box.y + 100)
    await page.mouse.down()
    await page.mouse.move(box.x + 40 + 11 * 36 + 5, box.y + 104, { steps: 6 })
    await page.mouse.up()
    await brushed.getByText('7 steps, 30 to 36').waitFor()
    expect(await page.locator('p.text .brushed').count()).toBe(7)
    await picture('brushed-heatmap')
    await view('Select and match')
    expect(await page.getByRole('spinbutton', { name: 'From step' }).inputValue()).toBe('30')
    expect(await page.getByRole('spinbutton', { name: 'To before' }).inputValue()).toBe('37')
    await view('Memory')
    await page.getByRole('group', { name: 'Inputs by what the output hangs on' }).locator('[data-step="36"].brushed').waitFor()
    // Dragging over the text chooses anew.
    const text = page.getByRole('group', { name: 'Inputs by what the output hangs on' })
    await text.locator('[data-step="4"]').dragTo(text.locator('[data-step="9"]'))
    await brushed.getByText('6 steps, 4 to 9').waitFor()

    await view('State space')
    const scatter = page.getByRole('application', { name: /^State space/ })
    await scatter.waitFor({ timeout: 60_000 })
    await page.getByRole('radio', { name: 'Select', exact: true }).click()
    const room = (await scatter.boundingBox())!
    const rectangle = async (left: number, right: number) => {
      await page.mouse.move(room.x + room.width * left, room.y + 4)
      await page.mouse.down()
      await page.mouse.move(room.x + room.width * right, room.y + room.height - 4, { steps: 8 })
      await page.mouse.up()
    }
    await rectangle(0.01, 0.5)
    const half = Number(/([\d,]+) steps in/.exec((await brushed.textContent())!)![1])
    expect(half).toBeGreaterThan(10)
    expect(half).toBeLessThan(390)
    await picture('brushed-space')
    await view('Heatmap')
    await expect.poll(() => page.locator('p.text .brushed').count()).toBe(half)
    await picture('brushed-everywhere')
    await view('State space')
    await scatter.waitFor({ timeout: 60_000 })
    await page.getByRole('radio', { name: 'Select', exact: true }).click()
    await rectangle(0.005, 0.995)
    await brushed.getByText('400 steps, 0 to 399').waitFor()
    await brushed.getByRole('button', { name: 'Clear' }).click()
    await expect.poll(() => brushed.count()).toBe(0)
  })

  it('tells what each output hangs on, by gradient and by occlusion', { timeout: 60_000 }, async () => {
    await view('Memory')
    await page.getByRole('slider', { name: 'Memory by lag' }).waitFor()
    const inputs = page.getByRole('group', { name: 'Inputs by what the output hangs on' })
    await inputs.locator('[data-step="100"]').hover()
    await page.getByText('Output after step 100').waitFor()
    const coloured = await inputs.locator('span').evaluateAll((spans) => spans.map((span) => (span as HTMLElement).style.backgroundColor !== ''))
    // No output hangs on what comes after it.
    expect(coloured.slice(0, 101).every(Boolean)).toBe(true)
    expect(coloured.slice(101).some(Boolean)).toBe(false)
    await picture('memory')
    const lags = await saved('Save the chart by lag')
    expect(lags.rows).toHaveLength(161)
    await page.getByRole('radio', { name: 'Occlusion' }).click()
    await page.getByText('blue inputs stood in its way').waitFor({ timeout: 40_000 })
  })

  it('shows the states as points with the sequence as a path, and the spectrum of U', { timeout: 90_000 }, async () => {
    await view('State space')
    await page.getByText(/states of the data and the 400 of this sequence as a path; [\d.]+ % of the variance/).waitFor({ timeout: 60_000 })
    await page.getByRole('combobox', { name: /^Coloured by/ }).click()
    await page.getByRole('option', { name: 'vowel' }).click()
    await page.getByRole('application', { name: /^State space/ }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('this sequence, step').waitFor()
    await page.getByRole('img', { name: 'Eigenvalues of U' }).waitFor()
    // One value a unit and gate.
    expect(await page.getByRole('img', { name: 'Eigenvalues of U' }).locator('.value').count()).toBe(4 * 32)
    await page.getByRole('img', { name: 'Eigenvalues of the cell’s Jacobian' }).waitFor()
    await picture('space')
    const spectrum = await saved('Save the spectrum')
    expect(spectrum.rows).toHaveLength(1 + 4 * 32 + 64)
    expect(Object.values(spectrum.tensors).every(({ data }) => data.every(Number.isFinite))).toBe(true)
    await page.getByRole('radio', { name: '3-D' }).click()
    await page.getByRole('button', { name: 'Find fixed points' }).click()
    await page.getByText(/found from \d+ starts/i).waitFor({ timeout: 40_000 })
  })

  it('never complained to the console', () => {
    expect(workbench.complaints).toEqual([])
  })
})

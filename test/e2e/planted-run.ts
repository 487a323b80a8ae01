import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { readSafetensors, writeSafetensors } from '@main/formats/safetensors'
import { Random } from '@main/engine/random'
import { plantedNetwork, symbols } from '../engine/inspect/planted'
import type { Workbench } from './workbench'

/** Lines whose brackets are all closed before they end, so that depths are the same wherever reading starts. */
export function balancedText(steps: number, seed = 3): string {
  const random = new Random(seed)
  const pick = (from: string) => [...from][random.below(from.length)]!
  let text = ''
  while (text.length < steps) {
    let [line, depth, inside] = ['', 0, false]
    while (line.length < 40) {
      const draw = random.uniform()
      if (draw < 0.1 && depth < 6) [line, depth] = [`${line}(`, depth + 1]
      else if (draw < 0.17 && depth > 0) [line, depth] = [`${line})`, depth - 1]
      else if (draw < 0.22) [line, inside] = [`${line}${inside ? '>' : '<'}`, !inside]
      else line += pick('  aebc1Aaebc')
    }
    text += `${line}${')'.repeat(depth)}${inside ? '>' : ''}\n`
  }
  return text.slice(0, steps)
}

/** Trains an LSTM of 16 units on such a text for a moment, then puts the weights of the network made by hand in place of its own. */
export async function openPlantedRun(workbench: Workbench): Promise<void> {
  await trainOnText(workbench, 'brackets', balancedText(24_000))
  await plant(join(workbench.app.home, 'runs'), Array.from({ length: units }, (_, unit) => unit))
}

/** An LSTM of 16 units trained on a text for a moment. */
export async function trainOnText({ app, page, screen, choose }: Workbench, name: string, text: string): Promise<void> {
  await writeFile(join(app.home, `${name}.txt`), text)
  await screen('Data')
  await page.getByRole('complementary', { name: 'Datasets' }).getByRole('button', { name: 'Import' }).click()
  await choose(join(app.home, `${name}.txt`), () => page.getByRole('main').getByRole('button', { name: 'Choose a file' }).first().click())
  await page.getByRole('main').getByRole('button', { name: /^Import Ctrl/ }).click()
  await page.getByRole('main').getByText('Set up a model').click()
  await page.getByRole('radio', { name: 'LSTM' }).click()
  await page.getByRole('spinbutton', { name: 'Hidden size' }).fill('16')
  await page.getByRole('spinbutton', { name: 'Layers' }).fill('1')
  await page.getByRole('button', { name: /^Train/ }).click()
  await stopSoon(page)
}

/** Another run on the same data, with the same network but for the order of its units: unit u is unit `places[u]` there. */
export async function openShuffledRun({ app, page, screen }: Workbench, places: readonly number[]): Promise<void> {
  await screen('Model')
  await page.getByRole('button', { name: /^Train/ }).click()
  await stopSoon(page)
  await plant(join(app.home, 'runs'), places)
}

const units = 16
const done = new Set<string>()

export async function stopSoon(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.getByText(/Step \d\d+ of|Step \d,\d+ of/).first().waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('Stopped').first().waitFor()
}

/** The planted weights, in the order of the run's own vocabulary and of `places`, for the run that has none of them yet. */
async function plant(runs: string, places: readonly number[]): Promise<void> {
  const id = (await readdir(runs)).find((name) => !done.has(name) && !name.startsWith('.'))!
  done.add(id)
  const folder = join(runs, id)
  const vocabulary = JSON.parse(await readFile(join(folder, 'vocabulary.json'), 'utf8')) as (typeof symbols)[number][]
  const ids = vocabulary.map((symbol) => symbols.indexOf(symbol))
  if (ids.length !== symbols.length || ids.some((place) => place < 0)) throw new Error(`The run's symbols are ${JSON.stringify(vocabulary)}.`)
  const unitAt = places.map((_, place) => places.indexOf(place))
  const { weights } = plantedNetwork()
  const gateRow = (row: number) => Math.floor(row / units) * units + unitAt[row % units]!
  const own = (name: string) => {
    const { shape, data } = weights[name]!
    const columns = shape[1] ?? 1
    const row = (at: number) => name.startsWith('head.') ? ids[at]! : gateRow(at)
    const column = (at: number) => columns === 1 ? 0 : name.includes('weight_ih') ? ids[at]! : unitAt[at]!
    return { dtype: 'F32' as const, shape, data: Float32Array.from(data, (_, at) => data[row(Math.floor(at / columns)) * columns + column(at % columns)]!) }
  }
  for (const file of ['best.safetensors', 'weights.safetensors']) {
    const before = await readFile(join(folder, file)).catch(() => null)
    if (before === null) continue
    const { tensors, metadata } = readSafetensors(new Uint8Array(before))
    const missing = Object.keys(tensors).filter((name) => !weights[name])
    if (missing.length > 0) throw new Error(`The planted network lacks ${missing.join(', ')}.`)
    await writeFile(join(folder, file), writeSafetensors(Object.fromEntries(Object.keys(tensors).map((name) => [name, own(name)])), metadata))
  }
}

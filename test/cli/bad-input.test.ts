import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeSafetensors } from '@main/formats/safetensors'
import { builtMain } from '../support/build-once'
import { temporaryFolder } from '../support/temporary-folder'
import { unroll, writeExperiment } from './run-unroll'

const stackTrace = /\n\s+at /

async function refused(change: (text: string) => string): Promise<string> {
  const folder = temporaryFolder()
  const file = writeExperiment(folder)
  writeFileSync(file, change(readFileSync(file, 'utf8')))
  const { code, stdout, stderr } = await unroll(['train', file, '--out', join(folder, 'run')])
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^error: /)
  expect(stderr).not.toMatch(stackTrace)
  return stderr
}

describe('an experiment file', () => {
  test.each([
    ['a comma after the last entry', (text: string) => text.replace('"device": "cpu",', '"device": "cpu",,'), /experiment\.json:4:19: expected a key in double quotes, but there is ","/],
    ['a comment', (text: string) => text.replace('"device"', '// which\n  "device"'), /experiment\.json:4:3: expected a key in double quotes/],
    ['a file cut short', (text: string) => text.slice(0, 60), /experiment\.json:\d+:\d+: expected .*, but the file ends/],
    ['no file at all', () => '', /experiment\.json:1:1: expected a value, but the file ends/],
    ['a wrong type', (text: string) => text.replace('"batchSize": 10', '"batchSize": "ten"'), /experiment\.json:\d+:18: training\.batchSize: expected a number, found "ten"/],
    ['a value out of range', (text: string) => text.replace('"batchSize": 10', '"batchSize": 0'), /training\.batchSize: expected a (?:whole )?number of at least 1, found 0/],
    ['an unknown choice', (text: string) => text.replace('"adam"', '"adan"'), /training\.optimizer\.kind: expected one of "sgd", "adam", "adamw", "rmsprop", found "adan"/],
    ['a missing part', (text: string) => text.replace('"hiddenSize": 24', '"layers": 1'), /model\.hiddenSize: expected a number, but it is missing/],
    ['what this version does not run', (text: string) => text.replace('"rnn"', '"gru", "init": "identity"'), /model\.init "identity" is for the Elman cell/],
    ['a name that a terminal would obey', (text: string) => text.replace(/"name": "[^"]*"/, '"name": "a\\u001b[2J\\u009b2J"'), /experiment\.json:\d+:\d+: name: expected a text without control characters, found "a\\u001b\[2J\\u009b2J"/],
    ['another format version', (text: string) => text.replace('"unroll": 1', '"unroll": 2'), /unroll: expected 1, found 2/],
  ])('with %s', async (_name, change, sentence) => {
    expect(await refused(change)).toMatch(sentence)
  })

  test('that reads its own answers trains as PyTorch does, and is told so', async () => {
    const folder = temporaryFolder()
    const file = writeExperiment(folder, { maxSteps: 3 })
    writeFileSync(file, readFileSync(file, 'utf8').replace('"rnn"', '"rnn", "bidirectional": true'))
    const { code, stderr } = await unroll(['train', file, '--out', join(folder, 'run')])
    expect(code).toBe(0)
    expect(stderr).toMatch(/warning: .*:\d+:\d+: model\.bidirectional lets the network read what it should predict/)
  })

  test('with a misspelt key trains, and says which key was meant', async () => {
    const folder = temporaryFolder()
    const file = writeExperiment(folder)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed": 1', '"chekpointEvry": 3, "seed": 1').replace('"checkpointEvery": 20,', ''))
    const { code, stderr } = await unroll(['train', file, '--out', join(folder, 'run')])
    expect(code).toBe(0)
    expect(stderr).toMatch(/warning: .*training\.chekpointEvry means nothing to this version and is left out; did you mean "checkpointEvery"\?/)
  })
})

test('a key that stands twice trains by the last one and says so; no key reaches the terminal raw', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, { maxSteps: 3 })
  writeFileSync(file, readFileSync(file, 'utf8').replace('"seed": 1', '"seed": 4, "\\u001b[31m": 1,\n"seed": 1'))
  const { code, stderr } = await unroll(['train', file, '--out', join(folder, 'run')])
  expect(code).toBe(0)
  expect(stderr).toMatch(/warning: .*experiment\.json:\d+:1: training\.seed stands here again; the last one counts/)
  expect(stderr).toContain('training.\\u001b[31m means nothing')
  expect(stderr).not.toContain('\u001b[31m')
})

describe('initial weights', () => {
  const tensor = (shape: number[]) => ({ dtype: 'F32' as const, shape, data: new Float32Array(shape.reduce((product, side) => product * side, 1)) })

  test.each([
    ['of another shape', { 'rnn.weight_ih_l0': tensor([24, 3]) }, /"rnn\.weight_ih_l0" has the shape \[24, 3\]; this model and data need \[24, \d+\]/],
    ['without a tensor', { 'other.weight': tensor([2]) }, /has no tensor "rnn\.weight_ih_l0"/],
  ])('%s are refused by name', async (_name, tensors, sentence) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'init.safetensors'), writeSafetensors(tensors))
    const file = writeExperiment(folder, {}, { model: { cell: 'rnn', hiddenSize: 24, init: 'init.safetensors' } })
    const { code, stderr } = await unroll(['train', file, '--out', join(folder, 'run')])
    expect(code).toBe(1)
    expect(stderr).toMatch(sentence)
  })

  test('that are no safetensors, or not there', async () => {
    const folder = temporaryFolder()
    const file = writeExperiment(folder, {}, { model: { cell: 'rnn', hiddenSize: 24, init: 'init.safetensors' } })
    expect((await unroll(['train', file, '--out', join(folder, 'run')])).stderr).toMatch(/init\.safetensors can't be opened/)
    writeFileSync(join(folder, 'init.safetensors'), 'hello')
    expect((await unroll(['train', file, '--out', join(folder, 'run')])).stderr).toMatch(/init\.safetensors isn't readable as weights/)
  })
})

describe('the command itself', () => {
  test.each([
    ['an unknown command', ['tain'], /unknown command 'tain'/],
    ['an unknown option', ['train', 'x.json', '--fast'], /unknown option '--fast'/],
    ['no file', ['train'], /missing required argument 'FILE'/],
    ['a device there is no such kind of', ['train', 'x.json', '--device', 'tpu'], /Allowed choices are cpu, gpu, auto/],
    ['a length in words', ['generate', 'run', '--length', 'ten'], /Expected a whole number from 1/],
    ['a negative temperature', ['generate', 'run', '--temperature=-1'], /Expected a number from 0 to 10/],
  ])('with %s is a usage error', async (_name, args, sentence) => {
    const { code, stderr } = await unroll(args)
    expect(code).toBe(2)
    expect(stderr).toMatch(sentence)
    expect(stderr).toMatch(/hint: /)
  })

  test('knows its version and its commands', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await unroll(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
    const { code, stdout } = await unroll(['--help'])
    expect(code).toBe(0)
    for (const command of ['train', 'generate', 'forecast', 'export', 'bench', 'serve']) expect(stdout).toContain(command)
  })

  test('names a folder that is no run', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'empty'))
    expect(await unroll(['generate', join(folder, 'empty')])).toMatchObject({ code: 1, stderr: expect.stringMatching(/isn't a run folder: it has no run\.json/) as string })
    const { code, stderr } = await unroll(['train', join(folder, 'nothing.json')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/there is no such file/)
  })

  test('shows the stack only when asked to', async () => {
    const { stderr } = await unroll(['train', 'nothing.json'], { env: { UNROLL_DEBUG: '1' } })
    expect(stderr).toMatch(stackTrace)
  })
})

test.skipIf(process.platform === 'win32')('a device as a source is refused, and the program ends', async () => {
  const folder = temporaryFolder()
  const file = writeExperiment(folder, {}, { data: { kind: 'text', source: '/dev/zero' } })
  expect(await unroll(['train', file, '--out', join(folder, 'run')])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: zero is a pipe or a device; a file was expected\.\nhint: /) as string })
})

test('a name no file can have, and a number beyond numbers, are said in a sentence', async () => {
  const folder = temporaryFolder()
  const nul = writeExperiment(folder, {}, { data: { kind: 'text', source: 'a\0b' } })
  expect(await unroll(['train', nul, '--out', join(folder, 'run')])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: "a\\u0000b" is no file's name: it holds a character of code 0\./) as string })
  const file = writeExperiment(folder)
  writeFileSync(file, readFileSync(file, 'utf8').replace('"learningRate": 0.005', '"learningRate": 1e999'))
  expect(await unroll(['train', file, '--out', join(folder, 'run')])).toMatchObject({ code: 1, stderr: expect.stringMatching(/training\.optimizer\.learningRate: expected a number, found one too large to be kept\./) as string })
})

test('a home that is a file, and an output beneath one, are refused in a sentence', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'a-file')
  writeFileSync(file, 'kept')
  for (const home of [file, join(file, 'below')]) {
    expect(await unroll(['serve', '--port', '0', '--home', home])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: Can't write .*a-file.*: .*\.\nhint: Make room or choose another folder/) as string })
  }
  expect(readFileSync(file, 'utf8')).toBe('kept')
})

test.skipIf(!existsSync('/dev/full'))('what can\'t be printed because the disk is full is said, not taken for a fault of ours', async () => {
  const cli = join(await builtMain(), 'cli.js')
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile('sh', ['-c', '"$0" "$1" --help > /dev/full', process.execPath, cli], (error, _stdout, said) => resolve({ code: error?.code, stderr: said }))
  })
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: Can\'t write to standard output: the disk is full.\nhint: Make room or choose another folder, then try again.\n' })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder'
import { unroll } from './run-unroll'

const rows = Array.from({ length: 60 }, (_, at) => `word${at % 20},${at % 2 ? 'odd' : 'even'},${at}`)

function experiment(data: object): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'words.csv'), `w,c,id\n${rows.join('\n')}\n`)
  const file = join(folder, 'experiment.json')
  writeFileSync(file, JSON.stringify({ unroll: 1, name: 'words', data: { kind: 'records', source: 'words.csv', sequence: 'w', label: 'c', validation: 0.2, test: 0.2, ...data }, task: { output: 'last-step', loss: 'cross-entropy' }, model: { cell: 'rnn', hiddenSize: 4 }, training: {} }))
  return file
}

describe('unroll audit', () => {
  test('says what crosses the split and how to mend it; mended, nothing does', async () => {
    const { code, stdout, stderr } = await unroll(['audit', experiment({ repeats: 'all' })])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^train 36, validation 12, test 12\n/)
    expect(stdout).toMatch(/\nleak {3}15 of the 24 held-out sequences .* stand in the training part too.*\n {7}such as "word\d+".*\n {7}mend: Set data\.repeats to "once"/)
    expect(stdout).toMatch(/One thing crosses the split\.\n$/)
    expect((await unroll(['audit', experiment({ repeats: 'all', group: 'w' })])).stdout).toMatch(/Nothing crosses the split\.\n$/)
  })

  test('as JSON is what programs read, and bad data is refused as in training', async () => {
    const { stdout } = await unroll(['audit', experiment({}), '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'records', parts: [{ part: 'train', count: 12 }, { part: 'validation', count: 4 }, { part: 'test', count: 4 }], findings: expect.arrayContaining([expect.objectContaining({ subject: 'duplicates', level: 'clean' })]) as unknown[] })
    const refused = await unroll(['audit', experiment({ sequence: 'none' })])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/words\.csv has no column "none"/)
  })
})

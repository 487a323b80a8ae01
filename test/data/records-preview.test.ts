import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recordsPreviewSchema, type ImportOptions } from '@shared/rpc/schemas'
import { preview } from '@main/data/preview'
import { guessRoles } from '@main/data/records/record-columns'
import { failureOf, scratch } from './support'

const { folder, write } = scratch()
const records = async (path: string, options: ImportOptions | null = null) => recordsPreviewSchema.parse(await preview(path, options))
const names = `name,language\n${['Ada,en', 'Bea,en', 'Curt,de', 'Dora,de', 'Ada,en', 'Ada,de', 'Emil,de'].join('\n')}\n`

describe('the preview of records', () => {
  it('guesses a sequence and its class, and tells lengths, classes, repeats and contradictions', async () => {
    expect(await records(write('names.csv', names))).toEqual({
      kind: 'records', form: 'table', records: 7, delimiter: ',', header: true,
      columns: [{ name: 'name', examples: ['Ada', 'Bea', 'Curt', 'Dora', 'Emil'], distinct: 5, length: 24 / 7 }, { name: 'language', examples: ['en', 'de'], distinct: 2, length: 2 }],
      chosen: { sequence: 'name', target: 'language', targetIs: 'class', group: null, unit: 'char', repeats: 'once', faulty: 'refuse' },
      leftOut: { count: 0, first: null },
      first: expect.arrayContaining([{ sequence: 'Ada', target: 'en', line: 2 }, { sequence: 'Emil', target: 'de', line: 8 }]) as unknown,
      sequences: expect.objectContaining({ shortest: 3, longest: 4, mean: 24 / 7, lengths: [{ from: 3, to: 3, count: 4 }, { from: 4, to: 4, count: 3 }], symbols: 15 }) as unknown,
      targets: null, classes: { total: 2, list: [{ name: 'de', count: 4 }, { name: 'en', count: 3 }] }, repeated: 1, torn: 1,
    })
  })

  it('knows pairs in a text with tabs, without a header, and reads them by word when asked', async () => {
    const path = write('pairs.txt', ['Go.\tVa !', 'Run!\tCours !', 'I see.\tJe vois.', 'He ran.\tIl a couru.', 'We won.\tOn a gagné.', 'Stop!\tArrête-toi !'].join('\n'))
    const found = await records(path)
    expect(found).toMatchObject({ form: 'table', delimiter: '\t', header: false, records: 6, chosen: { sequence: 'column 1', target: 'column 2', targetIs: 'sequence' }, classes: null, targets: { longest: 12 } })
    const words = await records(path, { kind: 'records', unit: 'word', delimiter: '\t', header: false })
    expect(words.sequences).toMatchObject({ longest: 2, symbols: 9 })
  })

  it('reads JSON Lines and folders, a class a file', async () => {
    const lines = write('intents.jsonl', '{"id": 1, "text": "turn it on", "intent": "on"}\n{"id": 2, "text": "lights off", "intent": "off"}\n\n{"id": 3, "text": "on please", "intent": "on"}\n')
    expect(await records(lines)).toMatchObject({ form: 'json-lines', delimiter: null, header: null, records: 3, chosen: { sequence: 'text', target: 'intent', targetIs: 'class' } })
    mkdirSync(join(folder, 'tongues'))
    write('tongues/German.txt', 'Bach\nHaydn\n')
    write('tongues/Czech.txt', 'Dvořák\n')
    expect(await records(join(folder, 'tongues'))).toMatchObject({ form: 'folder', columns: [], records: 3, chosen: { sequence: null, target: null, targetIs: 'class' }, classes: { list: [{ name: 'German', count: 2 }, { name: 'Czech', count: 1 }] } })
  })

  it('lets every role be corrected', async () => {
    const path = write('roles.csv', names)
    const swapped = await records(path, { kind: 'records', sequence: 'language', target: 'name', targetIs: 'sequence' })
    expect(swapped).toMatchObject({ chosen: { sequence: 'language', target: 'name', targetIs: 'sequence' }, classes: null })
    expect(swapped.first[0]).toEqual({ sequence: 'en', target: 'Ada', line: 2 })
  })

  it('tells a table of numbers, and a text, from records', async () => {
    expect((await preview(write('series.csv', 'date,births\n2000-01-01,1\n2000-01-02,2\n2000-01-03,3\n'), null)).kind).toBe('series')
    expect((await preview(write('two.csv', 'a,b\n1,2\n3,4\n5,6\n'), null)).kind).toBe('series')
    expect((await preview(write('prose.txt', 'One, two.\nThree, four.\nFive, six.\n'), null)).kind).toBe('text')
    expect((await preview(write('dates.tsv', 'written\tiso\n3 May 1999\t1999-05-03\n4 May 1999\t1999-05-04\n5 May 1999\t1999-05-05\n'), null)).kind).toBe('records')
    expect((await preview(write('scored.csv', 'text,score\ngood stuff,1\nbad stuff,0\nso so,1\nno way,0\n'), null)).kind).toBe('records')
  })

  it('says what is missing, with the place', async () => {
    expect(await failureOf(preview(write('one.csv', 'name\nAda\nBea\n'), { kind: 'records' }))).toMatchObject({ code: 'dataset.columns' })
    expect(await failureOf(preview(write('empty.csv', 'name,language\nAda,en\n,de\n'), { kind: 'records' }))).toMatchObject({ code: 'dataset.empty-sequence', where: { line: 3, column: 1 } })
    expect(await failureOf(preview(write('bad.jsonl', '{"text": "a", "label": "x"}\n{"text": }\n'), null))).toMatchObject({ code: 'dataset.json', where: { line: 2, column: 10 } })
  })
})

describe('guessing roles', () => {
  const column = (name: string, distinct: number | null, length: number) => ({ name, distinct, length, examples: [] })

  it.each([
    [[column('id', null, 6), column('review', 9_000, 200), column('sentiment', 2, 8)], { sequence: 'review', target: 'sentiment', targetIs: 'class' }],
    [[column('en', 900, 20), column('fr', 950, 25)], { sequence: 'en', target: 'fr', targetIs: 'sequence' }],
    [[column('source', 900, 20), column('target', 950, 25)], { sequence: 'source', target: 'target', targetIs: 'sequence' }],
    [[column('c', 4, 3), column('s', 990, 30)], { sequence: 's', target: 'c', targetIs: 'class' }],
  ] as const)('%#', (columns, roles) => {
    expect(guessRoles(columns, 1000, {})).toEqual(roles)
  })
})

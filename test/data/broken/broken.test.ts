import { existsSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { UnrollError } from '@shared/errors'
import { prepare } from '@main/data/prepare'
import { readTensors } from '@main/services/serve-data'
import { temporaryFolder } from '../../support/temporary-folder'
import { experimentOn } from '../support'
import { corpus } from './corpus'

/** Longest that saying what is wrong may take, and memory it may take beside; a machine that builds beside it is slow. */
const mostMs = 20_000
const mostBytes = 900e6

describe(`${corpus.length} broken files`, () => {
  it('are at least sixty, each another', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60)
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length)
  })

  test.each(corpus.map((each) => [each.name, each] as const))('%s', async (_name, { make, data, task, code, says, line }) => {
    const folder = temporaryFolder()
    make(folder)
    const [started, memory] = [performance.now(), process.memoryUsage().rss]
    const failure: unknown = await prepare(experimentOn(data, { task }), folder, readTensors).then(() => 'Nothing failed.', (error: unknown) => error)
    expect(failure).toBeInstanceOf(UnrollError)
    const { code: found, message, hint, where, exitCode } = failure as UnrollError
    expect(found).toMatch(code)
    expect(message).toMatch(says)
    // One sentence, short enough to read, with what to do about it; a fault of the user's data, not of ours.
    expect(message).toMatch(/^\S[^\n]*[.:…]$/)
    expect(message.length).toBeLessThan(600)
    expect(message).not.toMatch(/undefined|\[object|TypeError|null\b.*null\b/)
    expect(exitCode).toBe(1)
    expect(hint ?? '').toMatch(/\.$/)
    if (line !== undefined) expect(where?.line).toBe(line)
    if (where?.file !== undefined && existsSync(folder)) expect(where.file.startsWith(folder)).toBe(true)
    expect(performance.now() - started).toBeLessThan(mostMs)
    expect(process.memoryUsage().rss - memory).toBeLessThan(mostBytes)
  }, 60_000)
})

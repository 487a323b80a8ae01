import { describe, expect, it } from 'vitest'

interface Found { peer: string; way: string; about?: string; median?: number; steps?: number; cannot?: string }
const { report } = await import('./peers/report.mjs' as string) as { report(lines: object[]): string }
const { Peer } = await import('./peers/peer.mjs' as string) as { Peer: new (name: string, command: string, args: string[]) => { ask(question: object, patience?: number): Promise<{ cannot?: string; about?: string; ms?: number[] }>; end(): void } }

const line = (hidden: number, found: Found[]) => ({ size: { cell: 'lstm', hidden, input: 32, batch: 16, steps: 32, layers: 1 }, machine: 'a machine', cores: 2, node: 'v20', when: '2026-01-01', found })
const ours = (median: number): Found => ({ peer: 'unroll', way: 'cpu', about: 'Unroll', median, steps: 20 })

describe('what bench:peers prints', () => {
  it('has the fastest of a peer\'s ways, ratios to Unroll and their geometric mean', () => {
    const torch = (way: string, median: number): Found => ({ peer: 'pytorch', way, about: `PyTorch, ${way}`, median, steps: 20 })
    const text = report([line(32, [ours(1), torch('1 thread', 4), torch('2 threads', 9)]), line(128, [ours(10), torch('1 thread', 12), torch('2 threads', 10)])])
    expect(text).toContain('| lstm | 32 | 32 | 16 | 32 | 1.00 | 4.00 (4.00×) |')
    expect(text).toContain('| lstm | 128 | 32 | 16 | 32 | 10.0 | 10.0 (1.00×) |')
    expect(text).toContain('**2.00×**')
    expect(text).toContain('PyTorch, 2 threads (2 threads): fastest in 1 of 2 rows')
  })

  it('says which peers are absent and why', () => {
    const text = report([line(32, [ours(1), { peer: 'brain', way: 'javascript', cannot: 'Cannot find module \'brain.js\'' }])])
    expect(text).toContain('brain.js is absent: Cannot find module \'brain.js\'.')
    expect(text).toContain('PyTorch wasn\'t asked for, or isn\'t installed.')
  })
})

describe('a peer that is no help', () => {
  const peer = (script: string) => new Peer('test', process.execPath, ['-e', script])

  it('says why it ended', async () => {
    const one = peer('console.error("no such library"); process.exit(1)')
    expect(await one.ask({ time: 1 })).toEqual({ cannot: 'no such library' })
    one.end()
  })

  it('is given up when it doesn\'t answer', async () => {
    const one = peer('setInterval(() => {}, 1000)')
    expect(await one.ask({ time: 1 }, 200)).toEqual({ cannot: 'no answer in 0.2 s' })
    one.end()
  })

  it('is absent when its program is', async () => {
    const one = new Peer('test', '/nowhere/python3', [])
    expect((await one.ask({ time: 1 })).cannot).toMatch(/ENOENT/)
    one.end()
  })
})

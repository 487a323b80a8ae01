import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LineLengths } from '@main/data/text/line-lengths'

it('counts the characters of every line, wherever the text is cut', () => {
  const piece = fc.constantFrom('a', 'é', '李', '😀', '\n', '\r\n', ' ', 'x'.repeat(5000))
  fc.assert(fc.property(fc.array(fc.array(piece, { maxLength: 12 }), { maxLength: 8 }), (chunks) => {
    const lengths = new LineLengths()
    for (const chunk of chunks) lengths.add(Buffer.from(chunk.join('')))
    const text = chunks.flat().join('')
    const lines = text.split('\n').map((line) => Array.from(line.replace(/\r$/, '')).length)
    if (text === '' || text.endsWith('\n')) lines.pop()
    const found = lengths.lengths
    expect(found?.count ?? 0).toBe(lines.length)
    if (!found) return
    expect([found.shortest, found.longest]).toEqual([Math.min(...lines), Math.max(...lines)])
    expect(found.mean).toBeCloseTo(lines.reduce((sum, line) => sum + line, 0) / lines.length, 9)
    for (const bin of found.lengths) expect(bin.count).toBe(lines.filter((line) => line >= bin.from && line <= bin.to).length)
  }))
})

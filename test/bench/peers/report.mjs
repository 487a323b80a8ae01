import { geometricMean, median } from './sizes.mjs'

const titles = { pytorch: 'PyTorch', tfjs: 'TensorFlow.js (wasm)', 'tfjs-webgpu': 'TensorFlow.js (WebGPU)', brain: 'brain.js' }
const ms = (time) => time < 10 ? time.toFixed(2) : time < 100 ? time.toFixed(1) : String(Math.round(time))
const times = (ratio) => `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`

/** The fastest way in which a peer ran a row; null where none did. */
const fastest = (line, peer) => line.found.filter((one) => one.peer === peer && one.median).sort((a, b) => a.median - b.median)[0] ?? null

/** Markdown of rows measured by run.mjs: milliseconds a step, and how many times as long each peer takes as Unroll. */
export function report(lines) {
  const peers = Object.keys(titles).filter((peer) => lines.some((line) => line.found.some((one) => one.peer === peer)))
  const ratios = Object.fromEntries(peers.map((peer) => [peer, []]))
  const table = lines.map((line) => {
    const { cell, hidden, input, batch, steps } = line.size
    const ours = fastest(line, 'unroll')
    const theirs = peers.map((peer) => {
      const one = fastest(line, peer)
      if (!one || !ours) return '–'
      ratios[peer].push(one.median / ours.median)
      return `${ms(one.median)} (${times(one.median / ours.median)})`
    })
    return `| ${[cell, hidden, input, batch, steps, ours ? ms(ours.median) : '–', ...theirs].join(' | ')} |`
  })
  const means = peers.map((peer) => ratios[peer].length > 0 ? `**${times(geometricMean(ratios[peer]))}**` : '–')
  const absent = peers.filter((peer) => ratios[peer].length === 0).map((peer) => `${titles[peer]} is absent: ${lines[0].found.find((one) => one.peer === peer)?.cannot ?? 'it never ran'}.`)
  const gone = Object.keys(titles).filter((peer) => !peers.includes(peer)).map((peer) => `${titles[peer]} wasn't asked for, or isn't installed.`)
  const about = [...new Set(lines.flatMap((line) => line.found.filter((one) => one.median).map((one) => `${one.about}${one.peer === 'pytorch' ? ` (${one.way}): fastest in ${lines.filter((each) => fastest(each, 'pytorch')?.way === one.way).length} of ${lines.length} rows` : ''}`)))]
  const [first] = lines
  return [
    `| cell | H | I | B | T | Unroll ms | ${peers.map((peer) => `${titles[peer]} ms`).join(' | ')} |`,
    `|${'---|'.repeat(6 + peers.length)}`,
    ...table,
    `| geometric mean | | | | | | ${means.join(' | ')} |`,
    '',
    `${first.machine}, ${first.cores} cores, Node ${first.node}, ${first.when}; medians of ${median(lines.flatMap((line) => line.found.flatMap((one) => one.steps ?? [])))} steps in the middle, taken in turns. ×: times as long as Unroll takes.`,
    ...[...absent, ...gone, ...about].map((line) => `- ${line}`),
  ].join('\n')
}


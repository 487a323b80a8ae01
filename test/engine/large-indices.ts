import type { Backend } from '@main/engine/backends/backend'

/**
 * Rows and columns worked out from indices of five million elements, 7 columns wide: a division that is off by a unit in
 * the last place, or an index held too coarsely, reads a neighbour.
 * @returns empty, or the first element that is wrong
 */
export async function checkLargeIndices(backend: Backend): Promise<string> {
  const [steps, batch, outputs] = [350, 2048, 7]
  const program = await backend.compile((ops) => {
    const rows = ops.affineTokens(ops.tokensInput('tokens', steps, batch), ops.input('weight', [outputs, 13]), [])
    return { results: { rows } }
  })
  const tokens = Int32Array.from({ length: steps * batch }, (_, index) => (index * 5) % 13)
  const { rows } = await program.run({ tokens, weight: Float32Array.from({ length: outputs * 13 }, (_, index) => index) })
  program.dispose()
  const wrong = rows!.findIndex((value, index) => value !== (index % outputs) * 13 + tokens[Math.floor(index / outputs)]!)
  return wrong === -1 ? '' : `element ${wrong} is ${rows![wrong]}`
}

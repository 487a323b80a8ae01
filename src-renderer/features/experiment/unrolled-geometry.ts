/** Where the cells of an unrolled network stand, in the units of the drawing. */

export interface Chain {
  y: number
  /** How far its cells stand beside their step's column. */
  shift: number
  reverse: boolean
}

export interface DrawnLayer {
  /** From 1. */
  number: number
  /** One, or with two directions two: reverse above forward. */
  chains: Chain[]
  top: number
  bottom: number
}

export interface Drawing {
  layers: DrawnLayer[]
  /** Between the first and the last layer where those between are left out. */
  gap: number | null
  radius: number
  /** Where x_t and y_t stand. */
  inputs: number
  outputs: number
  height: number
}

const mostDrawn = 3

/** A stack of at most three layers is drawn whole; of a higher one the first and the last. */
export function unrolledGeometry(layers: number, bidirectional: boolean): Drawing {
  const numbers = layers <= mostDrawn ? Array.from({ length: layers }, (_, at) => at + 1) : [1, layers]
  const small = numbers.length > 1 || bidirectional
  const radius = small ? 14 : 20
  const band = (bidirectional ? 38 : 0) + 2 * radius
  const between = layers > mostDrawn ? 58 : bidirectional ? 40 : 30
  const outputs = 23
  const drawn = numbers.map((number, at) => {
    const top = outputs + 35 + (numbers.length - 1 - at) * (band + between)
    const bottom = top + band
    const chains: Chain[] = bidirectional
      ? [{ y: bottom - radius, shift: -17, reverse: false }, { y: top + radius, shift: 17, reverse: true }]
      : [{ y: top + radius, shift: 0, reverse: false }]
    return { number, chains, top, bottom }
  })
  const inputs = drawn[0]!.bottom + 45
  return { layers: drawn, gap: layers > mostDrawn ? drawn[1]!.bottom + between / 2 : null, radius, inputs, outputs, height: inputs + 25 }
}

/**
 * What a kernel sees. GPU.js reads the text of a kernel, so a kernel is one plain function of simple statements; it runs
 * once an output element, `thread.x` being the element.
 *
 * Within a loop, an `if` holds one statement only: GPU.js leaves its braces out in GLSL.
 * Local variables of a kernel are float32 on every device, also those that hold indices: exact below 2^24, which is
 * therefore the largest buffer (`largestBuffer`).
 */
export interface Thread<Constants extends string = never> {
  readonly thread: { readonly x: number }
  readonly constants: Readonly<Record<Constants, number>>
}

/** A whole buffer, flat. */
export type Floats = ArrayLike<number>

/** Known when the program is traced; GPU.js must be told which are integers. */
export interface Constants {
  readonly integers?: Readonly<Record<string, number>>
  readonly floats?: Readonly<Record<string, number>>
}

/** Elements of the largest buffer whose indices float32 holds exactly. */
export const largestBuffer = 2 ** 24

// What every peer's process answers to, one JSON line a question on stdin and an answer on stdout:
//   {"size": {cell, hidden, input, batch, steps, layers}} → {"about": …}   makes a model of that size, warmed up
//   {"time": count}                                        → {"ms": [...]}  milliseconds of so many whole training steps
// An answer {"cannot": why} means that the peer can't express it.
import { createInterface } from 'node:readline'

/** Milliseconds that a model trains before it is timed: compilers and allocators have settled by then. */
const warmUp = 400

/** @param make a size → { step(): one training step, dispose(), about: a line on what runs it, rows: batch rows a step trains (all when absent) } */
export async function answer(make) {
  let model = null
  const timed = async (count) => {
    const ms = []
    for (let at = 0; at < count; at++) {
      if (model.times) ms.push(...await model.times(1))
      else {
        const start = performance.now()
        await model.step()
        ms.push((performance.now() - start) * (model.share ?? 1))
      }
    }
    return ms
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line)
    let said
    try {
      if (question.size) {
        await model?.dispose?.()
        model = await make(question.size)
        const start = performance.now()
        do await timed(1)
        while (performance.now() - start < warmUp)
        said = { about: model.about }
      } else said = { ms: await timed(question.time) }
    } catch (error) {
      said = { cannot: error instanceof Error ? error.message.split('\n')[0] : String(error) }
    }
    process.stdout.write(`${JSON.stringify(said)}\n`)
  }
  process.exit(0)
}

/** Numbers in (-1, 1), [steps, batch, input] or however they are read, and a class for each step. */
export const numbers = (count) => Float32Array.from({ length: count }, (_, at) => Math.sin(at * 12.9898))
export const classes = (count, below) => Int32Array.from({ length: count }, (_, at) => at * 7919 % below)

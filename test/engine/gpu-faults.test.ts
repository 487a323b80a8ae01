import { beforeAll, describe, expect, it } from 'vitest'
import type { Ops } from '@main/engine/backends/backend'
import { createGpuBackend } from '@main/engine/backends/gpu/gpu-backend'
import { openGpuJs } from '@main/engine/backends/gpu/gpu-js'
import { GpuProgram } from '@main/engine/backends/gpu/program'
import { record } from '@main/engine/backends/gpu/recorder'
import { gpuJsDevice } from '../support/count-gpu'
import { webGpuMissing } from '../support/node-webgpu'

const missing = await webGpuMissing()

const sum = (ops: Ops) => ({ results: { sum: ops.biasSum(ops.sequenceInput('x', 3, 2, 5)) } })
const thirty = () => ({ x: Float32Array.from({ length: 30 }, (_, index) => index) })

describe('what the GPU backend refuses', () => {
  it('a program that would run otherwise than asked', async () => {
    const gpu = openGpuJs('cpu')
    const program = new GpuProgram(gpu, record(sum), new Map(), await gpu.check(), (work) => work())
    await expect(program.warm('webgpu')).rejects.toMatchObject({ code: 'device.fallback', message: expect.stringContaining('runs it as "generic" on cpu') })
    await gpu.destroy()
  })

  it('token ids outside the vocabulary, by name and place', async () => {
    const backend = await createGpuBackend({ mode: 'cpu' })
    const program = await backend.compile((ops) => ({ results: { y: ops.affineTokens(ops.tokensInput('tokens', 2, 2), ops.input('w', [3, 5]), []) } }))
    await expect(program.run({ tokens: Int32Array.of(0, 4, 5, 1), w: new Float32Array(15) })).rejects.toMatchObject({
      code: 'shape.token', message: 'Token ids of "tokens" must be 0 to 4, found 5 at place 2.', where: { parameter: 'tokens' },
    })
  })

  it('tensors whose indices float32 can\'t hold', async () => {
    const backend = await createGpuBackend({ mode: 'cpu' })
    await expect(backend.compile((ops) => ({ results: { y: ops.affine(ops.sequenceInput('x', 1, 5000, 1), ops.input('w', [5000, 1]), []) } })))
      .rejects.toMatchObject({ code: 'device.too-large' })
  })

  it('a constant that no shader can hold', async () => {
    const backend = await createGpuBackend({ mode: 'cpu' })
    await expect(backend.compile((ops) => ({ results: { y: ops.clipValue(ops.input('g', [3]), Infinity) } })))
      .rejects.toMatchObject({ code: 'internal.constant', message: 'The constant "limit" of the kernel clipValue should be a finite number but is Infinity.' })
  })

  it('a mode that this host doesn\'t have, saying what is missing', async () => {
    await expect(createGpuBackend({ mode: 'webgl2' })).rejects.toMatchObject({ code: 'device.unavailable', message: 'This host has no WebGL2.' })
  })
})

describe.skipIf(missing)(`faults of a WebGPU device${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let device: GPUDevice
  beforeAll(async () => { device = await gpuJsDevice() })

  it('gives up a run under way within 100 ms, changing nothing, and runs again', { retry: 2 }, async () => {
    const backend = await createGpuBackend({ mode: 'webgpu' })
    const state = backend.variable('state', [1, 256])
    const program = await backend.compile((ops) => {
      const weight = ops.input('weight', [256, 256])
      let y = ops.single(ops.variable(state))
      for (let layer = 0; layer < 500; layer++) y = ops.affine(y, weight, [])
      return { results: { y }, assign: [[state, y.at(0)]] }
    })
    const inputs = { weight: new Float32Array(256 * 256) }
    state.write(new Float32Array(256).fill(7))
    const whole = performance.now()
    await program.run(inputs)
    const needed = performance.now() - whole
    expect((await state.read())[0]).toBe(0)

    state.write(new Float32Array(256).fill(7))
    let given = false
    const run = program.run(inputs, () => given)
    await new Promise((resolve) => setTimeout(resolve, Math.min(30, needed / 4)))
    const asked = performance.now()
    given = true
    await expect(run).rejects.toMatchObject({ code: 'run.cancelled' })
    expect(performance.now() - asked).toBeLessThan(100)
    expect((await state.read())[0]).toBe(7)
    await program.run(inputs)
    expect((await state.read())[0]).toBe(0)
    await backend.dispose()
  })

  it('work that the device found invalid is an error, not zeros', async () => {
    const backend = await createGpuBackend({ mode: 'webgpu' })
    const program = await backend.compile(sum)
    device.createBuffer({ size: 16, usage: 0xffff })
    await expect(program.run(thirty())).rejects.toMatchObject({ code: 'device.failed' })
    const { sum: found } = await program.run(thirty())
    expect(Array.from(found!)).toEqual([75, 81, 87, 93, 99])
    await backend.dispose()
  })

  it('a lost device is an error; the next backend finds a new one', async () => {
    const backend = await createGpuBackend({ mode: 'webgpu' })
    const program = await backend.compile(sum)
    device.destroy()
    await expect(program.run(thirty())).rejects.toMatchObject({ code: 'device.failed' })
    const after = await createGpuBackend({ mode: 'webgpu' })
    const { sum: found } = await (await after.compile(sum)).run(thirty())
    expect(Array.from(found!)).toEqual([75, 81, 87, 93, 99])
    await after.dispose()
  })
})

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { readNpy } from '@main/formats/npy'
import { readNpz } from '@main/formats/npz'
import { prepare } from '@main/data/prepare'
import type { SequenceSet } from '@main/engine/training/prepared-data'
import { readTensors } from '@main/services/serve-data'
import { experimentOn } from '../data/support'
import { bytesOf, npy, zip } from '../data/broken/zip'
import { temporaryFolder } from '../support/temporary-folder'

describe('.npy', () => {
  test.each([
    ['<f4', bytesOf(Float32Array.of(1.5, -2, 3, 4, 5, 6)), 'F32', [1.5, -2, 3, 4, 5, 6]],
    ['<f8', bytesOf(Float64Array.of(1.5, -2, 3, 4, 5, 6)), 'F64', [1.5, -2, 3, 4, 5, 6]],
    ['<i4', bytesOf(Int32Array.of(1, -2, 3, 4, 5, 6)), 'I32', [1, -2, 3, 4, 5, 6]],
    ['>i4', Buffer.from(bytesOf(Int32Array.of(1, -2, 3, 4, 5, 6))).swap32(), 'I32', [1, -2, 3, 4, 5, 6]],
    ['<i8', bytesOf(BigInt64Array.of(1n, -2n, 3n, 4n, 5n, 6n)), 'I64', [1n, -2n, 3n, 4n, 5n, 6n]],
    ['|u1', Buffer.of(1, 2, 3, 4, 5, 255), 'I32', [1, 2, 3, 4, 5, 255]],
    ['|b1', Buffer.of(1, 0, 1, 0, 1, 0), 'I32', [1, 0, 1, 0, 1, 0]],
    ['<f2', Buffer.of(0, 0x3c, 0, 0xc0, 0, 0x3e, 0, 0, 1, 0, 0, 0x7c), 'F32', [1, -2, 1.5, 0, 2 ** -24, Infinity]],
  ])('of type %s', (descr, data, dtype, values) => {
    for (const version of [1, 2, 3]) {
      const read = readNpy(npy(`'${descr}'`, '(2, 3)', data, { version }), 'x')
      expect(read).toMatchObject({ dtype, shape: [2, 3] })
      expect([...read.data]).toEqual(values)
    }
  })

  it('in Fortran’s order is turned row-major', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), (shape) => {
      const count = shape.reduce((product, side) => product * side, 1)
      const stored = new Int32Array(count)
      // Element (i, j, …) has the value of its row-major place.
      for (let place = 0; place < count; place++) {
        let [rest, at, stride] = [place, 0, 1]
        const index = shape.map(() => 0)
        for (let axis = shape.length - 1; axis >= 0; axis--) { index[axis] = rest % shape[axis]!; rest = Math.floor(rest / shape[axis]!) }
        shape.forEach((side, axis) => { at += index[axis]! * stride; stride *= side })
        stored[at] = place
      }
      const read = readNpy(npy(`'<i4'`, `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`, bytesOf(stored), { fortran: true }), 'x')
      expect([...read.data]).toEqual(Array.from({ length: count }, (_, place) => place))
    }))
  })
})

describe('.npz', () => {
  it('gives each array by name, stored or deflated', () => {
    const x = npy(`'<f4'`, '(2, 2)', bytesOf(Float32Array.of(1, 2, 3, 4)))
    const read = readNpz(zip([{ name: 'x.npy', content: x, store: true }, { name: 'y.npy', content: npy(`'<i8'`, '(2,)', bytesOf(BigInt64Array.of(0n, 1n))) }]))
    expect(Object.keys(read)).toEqual(['x', 'y'])
    expect([...read['x']!.data]).toEqual([1, 2, 3, 4])
    expect(read['y']).toMatchObject({ dtype: 'I64', shape: [2] })
  })

  const python = spawnSync('/usr/bin/python3', ['-c', 'import numpy']).status === 0
  it.skipIf(!python)(`trains on what numpy.savez wrote${python ? '' : ' (skipped: no numpy)'}`, async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'make.py'), 'import numpy as np, sys\nr = np.random.default_rng(0)\nx = r.normal(size=(20, 5, 2))\nnp.savez_compressed(sys.argv[1], x=np.asfortranarray(x.astype("float32")), y=(x[:, 0, 0] > 0).astype("int64"), lengths=np.arange(20, dtype="int32") % 5 + 1)\n')
    expect(spawnSync('/usr/bin/python3', [join(folder, 'make.py'), join(folder, 'd.npz')]).status).toBe(0)
    const { data } = await prepare(experimentOn({ kind: 'tensors', source: 'd.npz' }, { task: { output: 'last-step', loss: 'cross-entropy' } }), folder, readTensors)
    const { train, inputSize, outputSize, steps } = data as SequenceSet
    expect([train.count, inputSize, outputSize, steps]).toEqual([16, 2, 2, 5])
    train.y.forEach((label, row) => expect(label).toBe(train.x[row * 10]! > 0 ? 1 : 0))
    expect([...train.lengths!.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 1])
  })
})

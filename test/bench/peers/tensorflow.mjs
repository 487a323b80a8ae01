// TensorFlow.js: the same training step in its own layers and gradients. tensorflow.mjs wasm|webgpu
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { answer, classes, numbers } from './worker.mjs'

const [wanted = 'wasm'] = process.argv.slice(2)
const require = createRequire(import.meta.url)

async function start() {
  if (wanted === 'wasm') {
    const { setWasmPaths, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm')
    setWasmPaths(require.resolve('@tensorflow/tfjs-backend-wasm/package.json').replace('package.json', 'wasm-out/'))
    if (!await tf.setBackend('wasm')) throw new Error('its WebAssembly backend did not start')
    return `${getThreadsCount()} threads, SIMD ${await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')}`
  }
  if (!globalThis.navigator?.gpu) {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    Object.defineProperty(globalThis, 'navigator', { value: { ...globalThis.navigator, gpu: create([]) }, configurable: true })
  }
  const adapter = await navigator.gpu.requestAdapter()
  if (!adapter) throw new Error('WebGPU found no graphics adapter')
  await import('@tensorflow/tfjs-backend-webgpu')
  if (!await tf.setBackend('webgpu')) throw new Error('its WebGPU backend did not start')
  return adapter.info.description || adapter.info.vendor
}

let started = null

await answer(async ({ cell, hidden, input, batch, steps, layers: depth }) => {
  const how = await (started ??= start())
  const makers = { rnn: layers.layers.simpleRNN, gru: layers.layers.gru, lstm: layers.layers.lstm }
  const model = layers.sequential()
  for (let layer = 0; layer < depth; layer++) {
    model.add(makers[cell]({ units: hidden, returnSequences: true, recurrentInitializer: 'glorotUniform', ...(layer === 0 && { batchInputShape: [batch, steps, input] }) }))
  }
  model.add(layers.layers.dense({ units: input }))
  const optimizer = tf.train.adam(0.001)
  const x = tf.tensor3d(numbers(batch * steps * input), [batch, steps, input])
  const targets = tf.oneHot(tf.tensor1d(classes(batch * steps, input), 'int32'), input)
  return {
    about: `TensorFlow.js ${tf.version_core} on ${tf.getBackend()}: ${how}`,
    async step() {
      const loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => tf.losses.softmaxCrossEntropy(targets, tf.reshape(model.apply(x, { training: true }), [batch * steps, input])))
        const names = Object.keys(grads)
        const norm = tf.sqrt(tf.addN(names.map((name) => tf.sum(tf.square(grads[name])))))
        const factor = tf.minimum(1, tf.div(1, tf.add(norm, 1e-6)))
        optimizer.applyGradients(Object.fromEntries(names.map((name) => [name, tf.mul(grads[name], factor)])))
        return value
      })
      const [number] = await loss.data()
      loss.dispose()
      if (!Number.isFinite(number)) throw new Error('its loss is no number')
    },
    dispose() {
      model.dispose()
      optimizer.dispose()
      tf.dispose([x, targets])
    },
  }
})

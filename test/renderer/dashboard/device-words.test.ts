import { expect, it } from 'vitest'
import { deviceWords } from '@renderer/features/dashboard/device-words'

it.each([
  ['WebAssembly SIMD', 'On the processor'],
  ['WebAssembly relaxed SIMD, 2 threads (auto: no GPU answers here: WebGPU found no graphics adapter.)', 'On the processor, 2 threads; no GPU answers here'],
  ['WebAssembly relaxed SIMD, 8 threads (auto: no GPU answers here)', 'On the processor, 8 threads; no GPU answers here'],
  ['WebAssembly SIMD (auto: as before)', 'On the processor'],
  ['WebAssembly SIMD (auto: 3.1 ms a step, WebGPU (SwiftShader) 9.8 ms)', 'On the processor; faster here than the graphics card'],
  ['WebGPU (NVIDIA H100) (auto: 3.1 ms a step, WebAssembly relaxed SIMD, 16 threads 9.8 ms)', 'On the graphics card (NVIDIA H100); faster here than the processor'],
  ['WebGPU (NVIDIA H100) (auto: 3.1 ms a step; the CPU was left out: it wasn\'t ready after 15 s)', 'On the graphics card (NVIDIA H100); the CPU was left out'],
  ['WebAssembly SIMD (auto: 12 ms a step; the GPU was left out: too little memory)', 'On the processor; the GPU was left out'],
  ['WebAssembly SIMD (auto: the GPU it began on failed: lost)', 'On the processor; the GPU it began on failed'],
  ['WebGPU', 'On the graphics card'],
  ['Waiting until "shakespeare" has ended or is paused', 'Waiting until "shakespeare" has ended or is paused'],
  ['', ''],
])('%s', (device, words) => expect(deviceWords(device)).toBe(words))

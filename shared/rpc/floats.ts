import { z } from 'zod'

export const floats = z.custom<Float32Array>((value) => value instanceof Float32Array, 'expected a Float32Array')

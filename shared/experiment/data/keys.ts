import { z } from 'zod'

// Keys that several kinds of data have.

const fraction = z.number().min(0).max(0.9)

export const count = z.int().min(1)

export const splitKeys = { validation: fraction.default(0.1), test: fraction.default(0.1) }
/** Draws the split of records, recordings and tensors; absent: `training.seed` does. */
export const splitSeed = z.int().min(0).max(2 ** 31 - 1).optional()

export const textEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const

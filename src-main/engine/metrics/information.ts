/**
 * Cross-entropy in bits: what an ideal coder would spend on a symbol.
 *   bits = nats / ln 2
 * @see Shannon 1948
 */
export const bitsOf = (nats: number): number => nats / Math.LN2

/**
 * Perplexity: the number of equally likely symbols that would be as hard to guess.
 *   e^nats
 * @param nats mean cross-entropy a symbol
 * @see Jelinek, Mercer, Bahl & Baker 1977
 */
export const perplexity = (nats: number): number => Math.exp(nats)

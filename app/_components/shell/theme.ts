import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent. Shade 6 carries buttons and links: 8.1 : 1 on white. */
const accent: MantineColorsTuple = [
  "#eef4fb",
  "#dce8f5",
  "#b6cfea",
  "#8cb3de",
  "#5f94cf",
  "#3a75b8",
  "#1d4f91",
  "#18447d",
  "#133869",
  "#0d2b53",
];

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: 6,
  colors: { accent },
  fontFamily: "var(--font-roboto), 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  headings: {
    fontFamily: "var(--font-roboto), 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
    fontWeight: "500",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.35" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  // The face has two weights; anything between would be drawn by smearing.
  fontWeights: { regular: "400", medium: "500", bold: "500" },
  defaultRadius: "sm",
  cursorType: "pointer",
  focusRing: "auto",
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    // Shown to the keyboard too: who cannot use a pointer may want to read what they typed.
    PasswordInput: { defaultProps: { size: "xs", visibilityToggleButtonProps: { tabIndex: 0 } } },
    Textarea: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    TagsInput: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Radio: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    FileInput: { defaultProps: { size: "xs" } },
    Text: { defaultProps: { size: "md" } },
    Drawer: { defaultProps: { position: "right", closeButtonProps: { "aria-label": "Close" } } },
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    Tooltip: {
      defaultProps: { withArrow: true, multiline: true, maw: 320, events: { hover: true, focus: true, touch: true } },
    },
  },
});

/** Dimmed and placeholder text darker than Mantine's own, so that small print keeps 4.5 : 1. */
export const contrastSafeVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "#1b2129",
    "--mantine-color-dimmed": "#4a5361",
    "--mantine-color-placeholder": "#667080",
    "--mantine-color-error": "#a11a1a",
    "--mantine-color-anchor": "#1d4f91",
    "--mantine-color-default-border": "#c5ccd5",
  },
  dark: {},
});

/** Two courses from one origin: observed solid, twin dashed. */
export function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden>
      <path d="M2 4 C8 4 10 14 18 14" fill="none" stroke="#1d4f91" strokeWidth="2.2" strokeLinecap="round" />
      <path
        d="M2 4 C8 4 11 8 18 7"
        fill="none"
        stroke="#00796b"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeDasharray="3 3"
      />
    </svg>
  );
}

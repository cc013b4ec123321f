export default function Page() {
  return <main><h1>Finch</h1><p>Sings earlier now.</p></main>;
}

import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zeppelin.display.Input;
import org.apache.zeppelin.notebook.Note;
import org.apache.zeppelin.notebook.Paragraph;

/** Reads each note that is named, writes it again beside it, and prints what its paragraphs are. */
public class ReadNotes {
  public static void main(String[] paths) throws Exception {
    List<List<Map<String, Object>>> notes = new ArrayList<>();
    for (String path : paths) {
      Note note = Note.fromJson(null, Files.readString(Path.of(path)));
      List<Map<String, Object>> paragraphs = new ArrayList<>();
      for (Paragraph paragraph : note.getParagraphs()) {
        paragraph.parseText();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("interpreter", paragraph.getIntpText());
        told.put("properties", paragraph.getLocalProperties());
        told.put("script", paragraph.getScriptText());
        Map<String, Object> forms = new LinkedHashMap<>();
        Input.extractSimpleQueryForm(paragraph.getScriptText(), false)
            .forEach((name, form) -> forms.put(name, form.getDefaultValue()));
        told.put("forms", forms);
        paragraphs.add(told);
      }
      notes.add(paragraphs);
      Files.writeString(Path.of(path + ".written"), note.toJson());
    }
    System.out.println(new Gson().toJson(notes));
  }
}
